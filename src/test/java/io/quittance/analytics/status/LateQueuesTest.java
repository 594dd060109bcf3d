package io.quittance.analytics.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The quantile of what was counted by buckets. */
class LateQueuesTest {

  private static final long[] NOTHING = {};

  @Test
  void areZeroWithoutJobs() {
    assertThat(QueuedTimes.quantileMs(0.99, new long[16], NOTHING)).isZero();
  }

  @Test
  void areRoundedUpToABucket() {
    long[] counts = new long[16];
    counts[0] = 98;
    counts[3] = 2;

    assertThat(QueuedTimes.quantileMs(0.5, counts, NOTHING)).isEqualTo(0.1);
    assertThat(QueuedTimes.quantileMs(0.99, counts, NOTHING)).isEqualTo(1);
  }

  @Test
  void areOfTheJobsSince() {
    long[] before = new long[16];
    before[15] = 1_000;
    long[] counts = before.clone();
    counts[6] = 3;

    assertThat(QueuedTimes.quantileMs(0.99, counts, before)).isEqualTo(10);
    assertThat(QueuedTimes.quantileMs(0.99, counts, NOTHING)).isEqualTo(5_000);
  }
}
