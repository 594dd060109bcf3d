package io.quittance.analytics.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.pane.Totals;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which panes lose and which gain an event. */
class EventMovesTest {

  private static final UUID MERCHANT = new UUID(0, 1);
  private static final UUID PAYMENT = new UUID(0, 2);
  private static final UUID NO_PAYMENT = new UUID(0, 3);

  private static PendingBatch batch(@Nullable String currency, PendingBatch.Event... events) {
    return new PendingBatch(
        MERCHANT,
        new UUID(0, 4),
        List.of(new PendingBatch.Group("paid", currency, 7, List.of(events))));
  }

  private static Map<String, Long> moved(SeriesLimit series, PendingBatch batch, int done) {
    var moves =
        new EventMoves(
            MERCHANT, Map.of(PAYMENT, new PaymentFacts("shop", "EUR", "succeeded")), series);
    assertThat(moves.add(batch)).isEqualTo(Totals.Counts.lookedUp(done, batch.size() - done));
    Map<String, Long> moved = new TreeMap<>();
    moves
        .deltas()
        .forEach(
            (key, delta) ->
                moved.put(key.metric() + " " + key.labels().text(), delta.totalOccurrences()));
    return moved;
  }

  /** The labels of the first were counted under {@code other}, for want of room. */
  @Test
  void areThoseWhereItWasCountedAndThoseOfItsPayment() {
    var event =
        new PendingBatch.Event(
            PAYMENT,
            0,
            List.of(
                new PendingBatch.Label("other", "plan", "other"),
                new PendingBatch.Label("paid", "size", "xl")));
    var without = new PendingBatch.Event(NO_PAYMENT, 0, event.labels());

    assertThat(moved(new SeriesLimit(10), batch(null, event, without, event), 2))
        .isEqualTo(
            Map.of(
                "events type=paid", -2L,
                "events currency=EUR&payee=shop&status=succeeded&type=paid", 2L,
                "events.label:plan label:plan=other&type=other", -2L,
                "events.label:plan currency=EUR&label:plan=other&type=other", 2L,
                "events.label:size label:size=xl&type=paid", -2L,
                "events.label:size currency=EUR&label:size=xl&type=paid", 2L));
  }

  @Test
  void areThoseOfOtherNamesWhereThereIsNoRoom() {
    var event =
        new PendingBatch.Event(PAYMENT, 0, List.of(new PendingBatch.Label("paid", "size", "xl")));

    assertThat(moved(new SeriesLimit(0), batch(null, event), 1))
        .isEqualTo(
            Map.of(
                "events type=paid", -1L,
                "events currency=EUR&payee=other&status=succeeded&type=other", 1L,
                "events.label:size label:size=xl&type=paid", -1L,
                "events.label:size currency=EUR&label:size=other&type=other", 1L));
  }

  @Test
  void keepTheCurrencyThatTheEventHas() {
    assertThat(
            moved(
                new SeriesLimit(10),
                batch("USD", new PendingBatch.Event(PAYMENT, 5, List.of())),
                1))
        .isEqualTo(
            Map.of(
                "events currency=USD&type=paid", -1L,
                "events currency=USD&payee=shop&status=succeeded&type=paid", 1L));
  }
}
