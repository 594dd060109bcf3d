package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.testing.Proves;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class ClocksTest {

  private static final Instant OWN = Instant.parse("2026-01-31T12:00:00Z");
  private static final Instant DAYS_AHEAD = OWN.plus(Duration.ofDays(2));
  private static final Instant DAYS_BEHIND = OWN.minus(Duration.ofDays(2));

  private final Logger log = mock(Logger.class);
  private final AtomicLong nanos = new AtomicLong();
  private final Clocks clocks = new Clocks(Clock.fixed(OWN, ZoneOffset.UTC), log, nanos::get);

  @Test
  @Proves("the clock of the database is ahead")
  void takesTheEarlierOfBoth() {
    assertThat(clocks.earlier(DAYS_AHEAD)).isEqualTo(OWN);
    assertThat(clocks.earlier(DAYS_BEHIND)).isEqualTo(DAYS_BEHIND);
  }

  @Test
  void theLaterOneIsTheReplicasUnlessTheDatabasesIsAhead() {
    assertThat(clocks.later()).as("the database's was never read").isEqualTo(OWN);
    clocks.note(DAYS_BEHIND);
    assertThat(clocks.later()).isEqualTo(OWN);
    clocks.note(DAYS_AHEAD);
    assertThat(clocks.later()).isEqualTo(DAYS_AHEAD);
  }

  /** An answer that was late makes the database's clock look as if it were behind. */
  @Test
  void theLargestDifferenceOfTheLastMinutesCounts() {
    clocks.note(OWN.plusSeconds(10));
    clocks.note(OWN.plusSeconds(3));
    assertThat(clocks.later()).isEqualTo(OWN.plusSeconds(10));

    nanos.addAndGet(Clocks.PERIOD.toNanos());
    clocks.note(OWN.plusSeconds(4));
    assertThat(clocks.later()).isEqualTo(OWN.plusSeconds(10));

    nanos.addAndGet(Clocks.PERIOD.toNanos());
    clocks.note(OWN.plusSeconds(3));
    assertThat(clocks.later()).isEqualTo(OWN.plusSeconds(4));
  }

  @Test
  void theLastDifferenceCountsWhileNobodyReadsTheDatabasesClock() {
    clocks.note(OWN.plusSeconds(10));
    nanos.addAndGet(Duration.ofDays(1).toNanos());

    assertThat(clocks.later()).isEqualTo(OWN.plusSeconds(10));
  }

  @Test
  void tellsTheDifference() {
    var registry = new SimpleMeterRegistry();
    clocks.bindTo(registry);
    Gauge ahead = registry.get("quittance.database.clock.ahead").gauge();
    assertThat(ahead.value()).isNaN();

    clocks.note(OWN.minusMillis(1_500));

    assertThat(ahead.value()).isEqualTo(-1.5);
  }

  @Test
  void warnsNowAndThenWhileTheyDifferALot() {
    clocks.earlier(DAYS_AHEAD);
    clocks.earlier(DAYS_BEHIND);
    verify(log, times(1)).warn(anyString(), eq(DAYS_AHEAD), eq(OWN));

    nanos.addAndGet(Clocks.QUIET.toNanos());
    clocks.earlier(DAYS_BEHIND);
    verify(log, times(1)).warn(anyString(), eq(DAYS_BEHIND), eq(OWN));
  }

  @Test
  void saysNothingWhileTheyDifferALittle() {
    clocks.earlier(OWN.plus(Clocks.DIFFERENCE_MAX));
    clocks.earlier(OWN.minus(Clocks.DIFFERENCE_MAX));

    verifyNoInteractions(log);
  }
}
