package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.recovery.Story.Stored;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The proof itself: it accepts what may be, and nothing else. */
class StoryTest {

  private static final boolean FINAL = true;
  private static final boolean MORE_TO_COME = false;

  private final Story held = story(201, false);

  @Test
  void acceptsCapturesAndRefundsThatAddUp() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));
    held.add(done(Operation.CAPTURE, 20, FINAL));
    held.add(done(Operation.REFUND, 10, false));

    assertThat(held.contradictions(stored("succeeded", List.of(20L, 30L), List.of(10L)))).isEmpty();
  }

  @Test
  void acceptsACancelOfWhatACaptureLeft() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));
    held.add(done(Operation.CANCEL, 0, FINAL));

    assertThat(held.contradictions(stored("succeeded", List.of(30L), List.of()))).isEmpty();
  }

  @Test
  void seesTwoWinners() {
    held.add(done(Operation.CAPTURE, 100, FINAL));
    held.add(done(Operation.CANCEL, 0, FINAL));

    assertThat(held.contradictions(stored("succeeded", List.of(100L), List.of())))
        .singleElement()
        .asString()
        .contains("ended twice");
  }

  @Test
  void seesALostCapture() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));

    assertThat(held.contradictions(stored("authorized", List.of(), List.of()))).isNotEmpty();
  }

  @Test
  void seesARefundThatWasMadeTwice() {
    Story paid = story(201, true);
    paid.add(done(Operation.REFUND, 10, false));

    assertThat(paid.contradictions(stored("succeeded", List.of(100L), List.of(10L, 10L))))
        .isNotEmpty();
  }

  @Test
  void seesADecisionThatChanged() {
    Story parked = story(202, true);
    parked.add(done(Operation.REVIEW, 0, true));

    assertThat(parked.contradictions(stored("succeeded", List.of(100L), List.of()))).isEmpty();
    assertThat(parked.contradictions(stored("declined", List.of(), List.of()))).isNotEmpty();
  }

  @Test
  void seesThatAFailedPaymentMovedMoney() {
    Story failed = story(504, true);

    assertThat(failed.contradictions(stored("failed", List.of(), List.of()))).isEmpty();
    assertThat(failed.contradictions(stored("succeeded", List.of(100L), List.of()))).isNotEmpty();
  }

  private static Story story(int status, boolean automatic) {
    return new Story(entry(Operation.PAY, 100, automatic, status));
  }

  private static History.Entry done(Operation operation, long amount, boolean last) {
    return entry(operation, amount, last, 201);
  }

  private static History.Entry entry(Operation operation, long amount, boolean last, int status) {
    var request = new Request(operation, "key", "pay_1", amount, last, 2_000, "{}");
    return new History.Entry(request, new Outcome(status, "", "id", amount), false, Set.of());
  }

  private static Stored stored(String status, List<Long> captured, List<Long> refunded) {
    return new Stored(status, 100, sum(captured), sum(refunded), captured, refunded);
  }

  private static long sum(List<Long> amounts) {
    return amounts.stream().mapToLong(Long::longValue).sum();
  }
}
