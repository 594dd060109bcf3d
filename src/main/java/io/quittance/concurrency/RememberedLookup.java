package io.quittance.concurrency;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.WorkerPool.Handler;
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
 * answers are remembered for a while. One caller's deadline does not end another's look-up, and
 * after a look-up that did not answer its asker in time the next asker begins a new one. Failures
 * are not remembered. Thread-safe.
 *
 * @param <K> what is asked for, by its equality
 * @param <V> what is answered
 */
public final class RememberedLookup<K, V> implements AutoCloseable {

  /** One of them may wait for a connection that is dead, and the other one goes on. */
  private static final int WORKERS = 2;

  private static final int BATCH_MAX = 256;

  /** How long a look-up may be queued; callers have deadlines of their own. */
  private static final Duration QUEUED_MAX = Duration.ofSeconds(10);

  private final WorkerPool<K, V> pool;
  private final AsyncCache<K, V> remembered;

  /** How often answers were forgotten. */
  private final AtomicLong forgotten = new AtomicLong();

  /**
   * @param name of the pool that looks up, as in its metrics
   * @param handler looks up, and completes each job by itself
   * @param maximumSize answers that are remembered
   */
  public RememberedLookup(
      String name, Handler<K, V> handler, long maximumSize, Duration ttl, MeterRegistry registry) {
    this.pool =
        WorkerPool.named(name, handler).workers(WORKERS).maxBatch(BATCH_MAX).start(registry);
    this.remembered =
        Caffeine.newBuilder().maximumSize(maximumSize).expireAfterWrite(ttl).buildAsync();
  }

  /** A handler that asks one query, whose answer has the keys that it found. */
  public static <K, V> Handler<K, Optional<V>> finding(Function<List<K>, Map<K, V>> query) {
    return jobs -> {
      Map<K, V> found = query.apply(jobs.stream().map(Job::item).toList());
      jobs.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
    };
  }

  /**
   * The answer, at most the time to live old.
   *
   * @throws DeadlineExceededException it was not there in time
   * @throws RuntimeException the look-up's own failure
   */
  public V get(K key, Deadline deadline) throws InterruptedException {
    long before = forgotten.get();
    CompletableFuture<V> answer =
        remembered.get(key, (asked, _) -> pool.submit(asked, Deadline.after(QUEUED_MAX)));
    if (forgotten.get() != before) {
      // It may have begun before, and have been added after what was there was looked through.
      remembered.asMap().remove(key, answer);
    }
    try {
      return deadline.await(answer);
    } catch (RuntimeException e) {
      // It failed, or hangs: the next request for the key starts another look-up.
      remembered.asMap().remove(key, answer);
      throw e;
    }
  }

  /** Looks a key up again when it is next asked for. */
  public void forget(K key) {
    forgotten.incrementAndGet();
    remembered.asMap().remove(key);
  }

  /**
   * Looks those keys up again, when they are next asked for, that have such an answer or none yet:
   * a look-up that has begun may answer what was true before.
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
