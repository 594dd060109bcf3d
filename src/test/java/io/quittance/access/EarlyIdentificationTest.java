package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose request it is, before its body has arrived. */
class EarlyIdentificationTest {

  private static final Credential GOOD = key("qt_good");
  private static final UUID MERCHANT = new UUID(1, 1);

  private final KnownKeys known =
      new KnownKeys(
          new AccessProperties(
              null,
              new AccessProperties.Keys(
                  100, Duration.ofMinutes(1), 10_000, Duration.ofSeconds(30))));
  private final EarlyIdentification early =
      new EarlyIdentification(
          known, credential -> credential.secret().text().contains("."), this::check);

  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch slow = new CountDownLatch(1);
  private final CountDownLatch full = new CountDownLatch(EarlyIdentification.CHECKS_AT_ONCE);
  private final AtomicInteger checks = new AtomicInteger();

  private static Credential key(String text) {
    return new Credential(new Secret(text), false);
  }

  /** The good key is valid; checks of slow ones do not end. */
  private void check(Credential credential) {
    checks.incrementAndGet();
    if (credential.secret().text().startsWith("slow")) {
      full.countDown();
      try {
        slow.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (!credential.secret().text().equals(GOOD.secret().text())) {
      throw Problem.of(ProblemCode.UNAUTHORIZED, "wrong");
    }
    known.remember(ByteBuffer.wrap(credential.secret().hash()), MERCHANT);
  }

  @AfterEach
  void close() {
    slow.countDown();
    senders.close();
  }

  private void fill(String suffix) throws InterruptedException {
    for (int i = 0; i < EarlyIdentification.CHECKS_AT_ONCE; i++) {
      Credential credential = key("slow" + i + suffix);
      senders.submit(() -> early.sender(credential));
    }
    full.await();
  }

  @Test
  void aValidKeyIsItsMerchantsAndIsCheckedOnce() {
    assertThat(early.sender(GOOD).party()).isEqualTo(MERCHANT);
    assertThat(early.sender(GOOD).party()).isEqualTo(MERCHANT);

    assertThat(known.sender(GOOD).party()).isEqualTo(MERCHANT);
    assertThat(checks).hasValue(1);
  }

  @Test
  void aWrongKeyIsUnknown() {
    assertThat(early.sender(key("qt_wrong")).isUnknown()).isTrue();
  }

  @Test
  void withoutAKeyNothingIsChecked() {
    assertThat(early.sender(null).isUnknown()).isTrue();
    assertThat(checks).hasValue(0);
  }

  @Test
  void onlySoManyAreCheckedAtOnce() throws Exception {
    fill("");

    assertThat(early.sender(GOOD).isUnknown()).isTrue();
    assertThat(checks).hasValue(EarlyIdentification.CHECKS_AT_ONCE);

    slow.countDown();
    assertThat(early.sender(GOOD).party()).isEqualTo(MERCHANT);
  }

  @Test
  void tokensThatHangKeepNoKeyWaiting() throws Exception {
    fill(".token.x");

    assertThat(early.sender(GOOD).party()).isEqualTo(MERCHANT);
  }
}
