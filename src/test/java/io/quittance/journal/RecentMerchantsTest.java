package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentMerchantsTest {

  private static final UUID OWN = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();
  private static final Duration SPAN = Duration.ofSeconds(1);

  private final AtomicLong now = new AtomicLong(42);
  private final RecentMerchants merchants = new RecentMerchants(now::get);

  @Test
  void aloneWhenNobodyCame() {
    assertThat(merchants.othersWithin(OWN, SPAN)).isFalse();
  }

  @Test
  void aloneWhateverComesOfOnesOwn() {
    merchants.note(OWN);

    assertThat(merchants.othersWithin(OWN, SPAN)).isFalse();
    assertThat(merchants.othersWithin(OTHER, SPAN)).isTrue();
  }

  @Test
  void seesAnotherThroughOnesOwnFlood() {
    merchants.note(OTHER);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(9));
      merchants.note(OWN);
    }

    assertThat(merchants.othersWithin(OWN, SPAN)).isTrue();
  }

  @Test
  void forgetsAnotherAfterTheSpan() {
    merchants.note(OTHER);
    pass(SPAN);
    assertThat(merchants.othersWithin(OWN, SPAN)).isTrue();

    pass(Duration.ofNanos(1));
    merchants.note(OWN);

    assertThat(merchants.othersWithin(OWN, SPAN)).isFalse();
  }

  @Test
  void seesAnotherWhoComesOnAndOn() {
    for (int i = 0; i < 5; i++) {
      merchants.note(OTHER);
      pass(SPAN);
    }

    assertThat(merchants.othersWithin(OWN, SPAN)).isTrue();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
