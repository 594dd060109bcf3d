package io.quittance.payment.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Until when a request for a batch is answered. */
class BatchesTest {

  /** A key is looked up even if the body took longer to arrive than the deadline. */
  @ParameterizedTest
  @CsvSource({
    "true,  -900,   400,   500",
    "false, -900,   400,   500",
    "true,  100,    400,   500",
    "true,  1000,   900,   1000",
    "true,  600000, 1900,  2000",
    "false, 60000,  59900, 60000",
  })
  void leavesTimeToLookUpTheKey(boolean background, long leftMs, long min, long max) {
    var deadline =
        Deadline.startingAt(System.nanoTime() - 1_000_000_000L, Duration.ofMillis(1_000 + leftMs));

    Duration left = Batches.ofAnswer(background, deadline).remaining();

    assertThat(left).isBetween(Duration.ofMillis(min), Duration.ofMillis(max));
  }
}
