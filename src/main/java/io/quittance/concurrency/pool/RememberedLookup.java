package io.quittance.concurrency.pool;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.WorkerPool.Handler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future.State;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Look-ups that arrive together share one query, requests for the same key share one look-up, and
 * answers are cached for a while. One caller's deadline does not end another's look-up. After a
 * look-up that did not answer in time, the next caller starts a new one. Failures are not cached.
 * Thread-safe.
 *
 * <p>The cache is Caffeine's. Ours is what it lacks: one query for the keys of many callers, and
 * callers that give up on a look-up that hangs.
 *
 * @param <K> the key, compared by {@code equals}
 * @param <V> the answer
 */
public final class RememberedLookup<K, V> implements AutoCloseable {

  /** If one hangs on a dead connection, the other one goes on. */
  private static final int WORKERS = 2;

  private static final int BATCH_MAX = 256;

  /** How long a look-up may be queued; callers have deadlines of their own. */
  private static final Duration QUEUED_MAX = Duration.ofSeconds(10);

  private final WorkerPool<K, V> pool;
  private final AsyncCache<K, V> remembered;

  /** How often answers were forgotten. */
  private final AtomicLong forgotten = new AtomicLong();

  /**
   * @param name the name of the pool, as in its metrics
   * @param handler looks up, and completes each job
   * @param maximumSize how many answers are cached
   */
  public RememberedLookup(
      String name, Handler<K, V> handler, long maximumSize, Duration ttl, MeterRegistry registry) {
    this.pool =
        WorkerPool.named(name, handler).workers(WORKERS).maxBatch(BATCH_MAX).start(registry);
    this.remembered =
        Caffeine.newBuilder().maximumSize(maximumSize).expireAfterWrite(ttl).buildAsync();
  }

  /** A handler that runs one query for all keys, which returns those that it found. */
  public static <K, V> Handler<K, Optional<V>> finding(Function<List<K>, Map<K, V>> query) {
    return jobs -> {
      Map<K, V> found = query.apply(jobs.stream().map(Job::item).toList());
      jobs.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
    };
  }

  /**
   * The answer, at most the time to live old.
   *
   * @throws DeadlineExceededException there was no answer in time
   * @throws RuntimeException the look-up's own failure
   */
  public V get(K key, Deadline deadline) throws InterruptedException {
    long before = forgotten.get();
    CompletableFuture<V> answer =
        remembered.get(key, (asked, _) -> pool.submit(asked, Deadline.after(QUEUED_MAX)));
    if (forgotten.get() != before) {
      // The look-up may have started before the last forget, and have been added after it.
      remembered.asMap().remove(key, answer);
    }
    try {
      return deadline.await(answer);
    } catch (RuntimeException e) {
      // The look-up failed or hangs: the next request for the key starts another one.
      remembered.asMap().remove(key, answer);
      throw e;
    }
  }

  /** Forgets a key, so that it is looked up again. */
  public void forget(K key) {
    forgotten.incrementAndGet();
    remembered.asMap().remove(key);
  }

  /**
   * Forgets the keys that have such an answer, or none yet: a look-up that has started may return
   * an old answer.
   */
  public void forgetIf(Predicate<? super V> stale) {
    forgotten.incrementAndGet();
    remembered
        .asMap()
        .values()
        .removeIf(answer -> answer.state() != State.SUCCESS || stale.test(answer.resultNow()));
  }

  @Override
  public void close() {
    pool.close();
  }
}
