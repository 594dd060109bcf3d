package io.quittance.access;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds whom a hash stands for: look-ups that arrive together share one query, and an answer is
 * remembered for {@link AccessProperties.Keys#cacheTtl()}. Thread-safe.
 */
final class IdentityCache implements AutoCloseable {

  /** Finds the good ones among many hashes. */
  @FunctionalInterface
  interface Finder {
    Map<ByteBuffer, Identity> find(List<ByteBuffer> hashes);
  }

  /**
   * Whom this hash stands for.
   *
   * @param generation an answer from before everything was forgotten may be stored after it; it
   *     answers an older question
   */
  private record Question(long generation, ByteBuffer hash) {}

  /** One of them may wait for a connection that is dead, and the other one goes on. */
  static final int WORKERS = 2;

  private final AtomicLong generation = new AtomicLong();
  private final WorkerPool<ByteBuffer, Optional<Identity>> lookups;
  private final AsyncCache<Question, Optional<Identity>> remembered;

  /**
   * @param name of the pool that looks up
   */
  IdentityCache(
      String name, Finder stored, AccessProperties.Keys settings, MeterRegistry registry) {
    this.lookups =
        WorkerPool.<ByteBuffer, Optional<Identity>>named(name, batch -> find(stored, batch))
            .workers(WORKERS)
            .maxBatch(256)
            .start(registry);
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheSize())
            .expireAfterWrite(settings.cacheTtl())
            .buildAsync();
  }

  private static void find(Finder stored, List<Job<ByteBuffer, Optional<Identity>>> batch) {
    Map<ByteBuffer, Identity> found = stored.find(batch.stream().map(Job::item).toList());
    batch.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
  }

  /** Whom it stands for; empty when it is unknown or has ended. */
  Optional<Identity> find(ByteBuffer hash, Deadline deadline) throws InterruptedException {
    var question = new Question(generation.get(), hash);
    CompletableFuture<Optional<Identity>> answer =
        remembered.get(question, (key, executor) -> lookups.submit(key.hash(), deadline));
    try {
      return deadline.await(answer);
    } catch (DeadlineExceededException e) {
      // Whoever asks next is not to wait for a look-up that hangs.
      remembered.asMap().remove(question, answer);
      throw e;
    }
  }

  /** Looks everything up again when it is next asked for. */
  void forgetAll() {
    generation.incrementAndGet();
    remembered.synchronous().invalidateAll();
  }

  @Override
  public void close() {
    lookups.close();
  }
}
