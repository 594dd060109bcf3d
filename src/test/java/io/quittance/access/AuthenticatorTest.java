package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.identity.Actor;
import io.quittance.identity.RateLimit;
import io.quittance.identity.Scope;
import io.quittance.identity.Terms;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wrong keys are nobody's trouble but their senders'. */
class AuthenticatorTest {

  private static final Secret GOOD = new Secret("qt_good");
  private static final UUID KEY = new UUID(1, 1);
  private static final Identity IDENTITY =
      new Identity(
          new UUID(2, 2),
          KEY,
          Actor.key(KEY),
          EnumSet.allOf(Scope.class),
          new Terms(true, 1_000, new RateLimit(500, 1_000)),
          null);

  private volatile boolean good = true;
  private final CountDownLatch slowDatabase = new CountDownLatch(1);
  private final AccessProperties properties =
      new AccessProperties(
          null, new AccessProperties.Keys(100, Duration.ofMinutes(1), 100, Duration.ofSeconds(30)));
  private final KnownKeys known = new KnownKeys(properties);
  private final Authenticator authenticator =
      new Authenticator(this::find, known, properties, new SimpleMeterRegistry());

  /** Slow for whatever is not the good key. */
  private Map<ByteBuffer, Identity> find(List<ByteBuffer> hashes) {
    var hash = ByteBuffer.wrap(GOOD.hash());
    if (hashes.stream().anyMatch(other -> !other.equals(hash))) {
      try {
        slowDatabase.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return good && hashes.contains(hash) ? Map.of(hash, IDENTITY) : Map.of();
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
      authenticator.forget(IDENTITY.merchantId());

      assertThat(authenticator.authenticate(GOOD)).contains(IDENTITY);
      slowDatabase.countDown();
    }
  }

  @Test
  void aLookUpThatHangsKeepsNoOtherFromItsAnswer() throws Exception {
    var hanging = new CountDownLatch(1);
    var calls = new AtomicInteger();
    var impatient =
        new AccessProperties(
            null,
            new AccessProperties.Keys(100, Duration.ofMinutes(1), 100, Duration.ofMillis(200)));
    var authenticator =
        new Authenticator(
            hashes -> {
              if (calls.getAndIncrement() == 0) {
                hang(hanging);
              }
              return Map.of(ByteBuffer.wrap(GOOD.hash()), IDENTITY);
            },
            new KnownKeys(impatient),
            impatient,
            new SimpleMeterRegistry());
    try {
      assertThatThrownBy(() -> authenticator.authenticate(GOOD))
          .isInstanceOf(DeadlineExceededException.class);

      assertThat(authenticator.authenticate(GOOD)).contains(IDENTITY);
    } finally {
      hanging.countDown();
      authenticator.close();
    }
  }

  private static void hang(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aKeyIsKnownAsItsMerchantsUntilItIsRefused() throws Exception {
    slowDatabase.countDown();
    var bearer = new Credential(GOOD, false);
    assertThat(known.sender(bearer)).isEqualTo(RequestSender.unknown());

    authenticator.authenticate(GOOD);

    assertThat(known.sender(bearer).party()).isEqualTo(IDENTITY.merchantId());
    assertThat(known.sender(new Credential(new Secret("qt_wrong"), false)))
        .isEqualTo(RequestSender.unknown());
    good = false;
    authenticator.forget(IDENTITY.merchantId());
    authenticator.authenticate(GOOD);
    assertThat(known.sender(bearer)).isEqualTo(RequestSender.unknown());
  }

  @Test
  void aMerchantThatChangesItsKeysCostsOthersNoLookUp() throws Exception {
    authenticator.authenticate(GOOD);
    authenticator.authenticate(GOOD); // as a key that is known
    good = false;

    authenticator.forget(new UUID(3, 3));
    assertThat(authenticator.authenticate(GOOD)).contains(IDENTITY);

    authenticator.forget(IDENTITY.merchantId());
    assertThat(authenticator.authenticate(GOOD)).isEmpty();
  }

  @Test
  void aWrongKeyIsNobodys() throws Exception {
    slowDatabase.countDown();

    assertThat(authenticator.authenticate(new Secret("qt_wrong"))).isEmpty();
  }
}
