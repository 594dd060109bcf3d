package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wrong keys are nobody's trouble but their senders'. */
class AuthenticatorTest {

  private static final Secret GOOD = new Secret("qt_good");
  private static final UUID KEY = new UUID(1, 1);
  private static final Identity IDENTITY =
      new Identity(new UUID(2, 2), KEY, Actor.key(KEY), EnumSet.allOf(Scope.class), 1_000, null);

  private final CountDownLatch slowDatabase = new CountDownLatch(1);
  private final Authenticator authenticator =
      new Authenticator(
          this::find,
          new AccessProperties(
              null,
              new AccessProperties.Lookup(Duration.ofMinutes(1), 100, Duration.ofSeconds(30))),
          new SimpleMeterRegistry());

  /** Slow for whatever is not the good key. */
  private Map<ByteBuffer, Identity> find(List<ByteBuffer> hashes) {
    var good = ByteBuffer.wrap(GOOD.hash());
    if (hashes.stream().anyMatch(hash -> !hash.equals(good))) {
      try {
        slowDatabase.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return hashes.contains(good) ? Map.of(good, IDENTITY) : Map.of();
  }

  @AfterEach
  void close() {
    slowDatabase.countDown();
    authenticator.close();
  }

  @Test
  void aGoodKeyPassesByAQueueThatIsFullOfWrongOnes() throws Exception {
    assertThat(authenticator.authenticate(GOOD)).contains(IDENTITY);
    var full = new CountDownLatch(1);
    try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3_000; i++) {
        var wrong = new Secret("qt_wrong" + i);
        senders.submit(
            () -> {
              try {
                return authenticator.authenticate(wrong);
              } catch (RejectedExecutionException e) {
                full.countDown();
                throw e;
              }
            });
      }
      full.await();
      authenticator.forgetAll();

      assertThat(authenticator.authenticate(GOOD)).contains(IDENTITY);
      slowDatabase.countDown();
    }
  }

  @Test
  void aWrongKeyIsNobodys() throws Exception {
    slowDatabase.countDown();

    assertThat(authenticator.authenticate(new Secret("qt_wrong"))).isEmpty();
  }
}
