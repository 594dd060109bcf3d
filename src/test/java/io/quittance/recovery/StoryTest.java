package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.recovery.Story.Hold;
import io.quittance.recovery.Story.Stored;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The proof itself: it accepts what may be, and nothing else. */
class StoryTest {

  private static final boolean FINAL = true;
  private static final boolean MORE_TO_COME = false;
  private static final int NOT_LATE = 0;

  private final Story held = story(201, false);

  @Test
  void acceptsCapturesAndRefundsThatAddUp() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));
    held.add(done(Operation.CAPTURE, 20, FINAL));
    held.add(done(Operation.REFUND, 10, false));

    assertThat(
            held.contradictions(
                stored(
                    "succeeded",
                    List.of(20L, 30L),
                    List.of(10L),
                    inTime("posted"),
                    "payment.authorized",
                    "payment.captured",
                    "payment.captured",
                    "payment.succeeded",
                    "refund.succeeded")))
        .isEmpty();
  }

  @Test
  void acceptsACancelOfWhatACaptureLeft() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));
    held.add(done(Operation.CANCEL, 0, FINAL));

    assertThat(held.contradictions(endedWithARest("voided", NOT_LATE))).isEmpty();
    assertThat(held.contradictions(endedWithARest("pending", NOT_LATE)))
        .singleElement()
        .asString()
        .contains("the hold is not");
  }

  @Test
  void acceptsThatTimeEndsWhatACaptureLeft() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));

    assertThat(held.contradictions(endedWithARest("expired", NOT_LATE))).isEmpty();
  }

  @Test
  void seesACaptureThatCameTooLate() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));

    assertThat(held.contradictions(endedWithARest("expired", 1)))
        .singleElement()
        .asString()
        .contains("captured after its time");
  }

  @Test
  void seesACaptureThatTimeHasUndone() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));

    assertThat(held.contradictions(expired("payment.authorized", "payment.expired"))).isNotEmpty();
  }

  @Test
  void seesThatNothingEndedWhatHasNoTimeLeft() {
    Stored waiting =
        stored(
            "authorized",
            List.of(),
            List.of(),
            new Hold("pending", true, NOT_LATE),
            "payment.authorized");

    assertThat(held.contradictions(waiting)).singleElement().asString().contains("not expired");
  }

  @Test
  void seesAnExpiryThatIsToldTwiceOrNotLast() {
    assertThat(held.contradictions(expired("payment.authorized", "payment.expired"))).isEmpty();
    assertThat(
            held.contradictions(
                expired("payment.authorized", "payment.expired", "payment.expired")))
        .isNotEmpty();
    assertThat(held.contradictions(expired("payment.expired", "payment.authorized")))
        .singleElement()
        .asString()
        .contains("an event after the end");
  }

  @Test
  void seesADecisionOnAPaymentThatHasExpired() {
    Story parked = story(202, false);

    assertThat(parked.contradictions(expired("payment.in_review", "payment.expired"))).isEmpty();
    parked.add(done(Operation.REVIEW, 0, false));
    assertThat(parked.contradictions(expired("payment.in_review", "payment.expired")))
        .singleElement()
        .asString()
        .contains("not declined");
  }

  @Test
  void seesTwoWinners() {
    held.add(done(Operation.CAPTURE, 100, FINAL));
    held.add(done(Operation.CANCEL, 0, FINAL));

    assertThat(
            held.contradictions(
                stored(
                    "succeeded",
                    List.of(100L),
                    List.of(),
                    inTime("voided"),
                    "payment.authorized",
                    "payment.captured",
                    "payment.succeeded")))
        .singleElement()
        .asString()
        .contains("ended twice");
  }

  @Test
  void seesALostCapture() {
    held.add(done(Operation.CAPTURE, 30, MORE_TO_COME));

    Stored untouched =
        stored("authorized", List.of(), List.of(), inTime("pending"), "payment.authorized");

    assertThat(held.contradictions(untouched)).isNotEmpty();
  }

  @Test
  void seesARefundThatWasMadeTwice() {
    Story paid = story(201, true);
    paid.add(done(Operation.REFUND, 10, false));

    assertThat(paid.contradictions(paid(List.of(10L), "payment.succeeded", "refund.succeeded")))
        .isEmpty();
    assertThat(
            paid.contradictions(paid(List.of(10L, 10L), "payment.succeeded", "refund.succeeded")))
        .isNotEmpty();
  }

  @Test
  void seesADecisionThatChanged() {
    Story parked = story(202, true);
    parked.add(done(Operation.REVIEW, 0, true));

    Stored approved = paid(List.of(), "payment.in_review", "payment.succeeded");
    Stored declined =
        stored(
            "declined",
            List.of(),
            List.of(),
            inTime("voided"),
            "payment.in_review",
            "payment.declined");

    assertThat(parked.contradictions(approved)).isEmpty();
    assertThat(parked.contradictions(declined)).isNotEmpty();
  }

  @Test
  void seesThatAFailedPaymentMovedMoney() {
    Story failed = story(504, true);

    Stored unmoved = stored("failed", List.of(), List.of(), inTime("voided"), "payment.failed");

    assertThat(failed.contradictions(unmoved)).isEmpty();
    assertThat(failed.contradictions(paid(List.of(), "payment.succeeded"))).isNotEmpty();
  }

  private static Story story(int status, boolean automatic) {
    return new Story(entry(Operation.PAY, 100, automatic, status));
  }

  private static History.Entry done(Operation operation, long amount, boolean last) {
    return entry(operation, amount, last, 201);
  }

  private static History.Entry entry(Operation operation, long amount, boolean last, int status) {
    var request = new Request(operation, "key", "pay_1", amount, last, 2_000, 0, "{}");
    return new History.Entry(request, new Outcome(status, "", "id", amount), Set.of());
  }

  /** Captured by 30 of 100, and then ended with its hold in a state. */
  private static Stored endedWithARest(String hold, int lateCaptures) {
    return stored(
        "succeeded",
        List.of(30L),
        List.of(),
        new Hold(hold, hold.equals("expired"), lateCaptures),
        "payment.authorized",
        "payment.captured",
        "payment.succeeded");
  }

  private static Stored expired(String... events) {
    return stored("expired", List.of(), List.of(), new Hold("expired", true, NOT_LATE), events);
  }

  private static Stored paid(List<Long> refunded, String... events) {
    return stored("succeeded", List.of(100L), refunded, inTime("posted"), events);
  }

  private static Hold inTime(String state) {
    return new Hold(state, false, NOT_LATE);
  }

  private static Stored stored(
      String status, List<Long> captured, List<Long> refunded, Hold hold, String... events) {
    return new Stored(
        status, 100, sum(captured), sum(refunded), captured, refunded, hold, List.of(events));
  }

  private static long sum(List<Long> amounts) {
    return amounts.stream().mapToLong(Long::longValue).sum();
  }
}
