package io.quittance.access;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Finds whom a key belongs to. Requests that arrive together share one query, and an answer is
 * remembered for {@link AccessProperties.Keys#cacheTtl()}, so a revocation takes effect within that
 * time on every replica. Thread-safe.
 *
 * <p>A key is looked up by its SHA-256 in an index. How long that takes may tell how far a hash
 * agrees with a stored one, which helps nobody: a text with a wanted beginning of its hash is found
 * only by trying, and a secret has 256 random bits. So no comparison in constant time is needed.
 *
 * <p>Keys that were good lately have a queue and a memory of their own. However many wrong keys
 * arrive, they crowd out one another and not those.
 */
@Component
final class Authenticator {

  /** Finds the good ones among many keys, by their hashes. */
  @FunctionalInterface
  interface Finder {
    Map<ByteBuffer, Identity> find(List<ByteBuffer> hashes);
  }

  /**
   * Whose key it is that has this hash.
   *
   * @param generation an answer from before keys were forgotten may be stored after it; it answers
   *     an older question
   */
  private record Question(long generation, ByteBuffer hash) {}

  /** One of them may wait for a connection that is dead, and the other one goes on. */
  static final int WORKERS = 2;

  /** A queue and a memory. */
  private static final class Desk {

    private final WorkerPool<ByteBuffer, Optional<Identity>> lookups;
    private final AsyncCache<Question, Optional<Identity>> remembered;

    Desk(String name, Finder stored, AccessProperties.Keys settings, MeterRegistry registry) {
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

    Optional<Identity> find(Question question, Deadline deadline) throws InterruptedException {
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
  }

  private final AccessProperties.Keys settings;
  private final KnownKeys known;
  private final AtomicLong generation = new AtomicLong();
  private final Desk familiar;
  private final Desk strange;

  @Autowired
  Authenticator(
      StoredKeys stored, KnownKeys known, AccessProperties properties, MeterRegistry registry) {
    this(stored::find, known, properties, registry);
  }

  Authenticator(
      Finder stored, KnownKeys known, AccessProperties properties, MeterRegistry registry) {
    this.known = known;
    this.settings = properties.access();
    this.familiar = new Desk("keys", stored, settings, registry);
    this.strange = new Desk("new-keys", stored, settings, registry);
  }

  /** Whose key this is; empty when it is unknown, revoked or expired. */
  Optional<Identity> authenticate(Secret secret) throws InterruptedException {
    var deadline = Deadline.after(settings.timeout());
    var hash = ByteBuffer.wrap(secret.hash());
    var question = new Question(generation.get(), hash);
    Optional<Identity> identity =
        (known.contains(hash) ? familiar : strange).find(question, deadline);
    identity.ifPresentOrElse(
        found -> known.remember(hash, found.merchantId()), () -> known.forget(hash));
    return identity;
  }

  /** Looks every key up again when it is next used. */
  void forgetAll() {
    generation.incrementAndGet();
    familiar.remembered.synchronous().invalidateAll();
    strange.remembered.synchronous().invalidateAll();
  }

  @PreDestroy
  void close() {
    familiar.lookups.close();
    strange.lookups.close();
  }
}
