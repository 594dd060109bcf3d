package io.quittance.concurrency.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.SettableTicker;
import io.quittance.concurrency.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FairPlacesTest {

  private static final Deadline LATER = Deadline.after(Duration.ofHours(1));

  private final FairPlaces<String> places = new FairPlaces<>(3);

  @Test
  void leavesAPlaceToOthers() throws Exception {
    assertThat(takes("a")).isTrue();
    assertThat(takes("a")).isTrue();
    assertThat(takes("a")).isFalse();
    assertThat(takes("b")).isTrue();
    assertThat(takes("c")).isFalse();

    places.giveBack("b");

    assertThat(takes("a")).isFalse();
    assertThat(takes("c")).isTrue();
  }

  /** However few of the places each of the others has. */
  @Test
  void leavesTheLastPlaceToAPartyThatHasNone() throws Exception {
    var four = new FairPlaces<String>(4);
    for (String party : List.of("a", "b", "a")) {
      assertThat(four.take(party, Duration.ZERO)).isTrue();
    }

    assertThat(four.take("b", Duration.ZERO)).isFalse();
    assertThat(four.take("a", Duration.ZERO)).isFalse();
    assertThat(four.take("c", Duration.ZERO)).isTrue();
    assertThat(four.take("d", Duration.ZERO)).isFalse();
  }

  @Test
  void givesASinglePlaceToAnybody() throws Exception {
    var single = new FairPlaces<String>(1);

    assertThat(single.take("a", Duration.ZERO)).isTrue();
    assertThat(single.take("a", Duration.ZERO)).isFalse();
  }

  @Test
  void goesByTheOrderOfArrivalAmongThoseWhoMay() throws Exception {
    takes("a");
    takes("a");
    takes("b");
    FutureTask<Boolean> tooMany = waiting("a");
    FutureTask<Boolean> first = waiting("c");
    FutureTask<Boolean> second = waiting("d");

    places.giveBack("b");
    boolean overtaken = takes("b");

    assertThat(LATER.await(first)).isTrue();
    assertThat(overtaken).isFalse();
    assertThat(tooMany.isDone()).isFalse();
    places.giveBack("c");
    assertThat(LATER.await(second)).isTrue();
    places.giveBack("a");
    places.giveBack("d");
    assertThat(LATER.await(tooMany)).isTrue();
  }

  /** However many of a slow party wait before it. */
  @Test
  void givesAPlaceToThePartyWithTheFewest() throws Exception {
    var five = new FairPlaces<String>(5);
    for (String party : List.of("a", "a", "a", "b", "c")) {
      assertThat(five.take(party, Duration.ZERO)).isTrue();
    }
    FutureTask<Boolean> many = waiting(five, "a");
    FutureTask<Boolean> few = waiting(five, "b");

    five.giveBack("c");
    five.giveBack("a");

    assertThat(LATER.await(few)).isTrue();
    assertThat(many.isDone()).isFalse();
    five.giveBack("b");
    assertThat(LATER.await(many)).isTrue();
  }

  @Test
  void letsPartiesWithAsManyTakeTurns() throws Exception {
    var single = new FairPlaces<String>(1);
    single.take("a", Duration.ZERO);
    FutureTask<Boolean> first = waiting(single, "a");
    FutureTask<Boolean> second = waiting(single, "a");
    FutureTask<Boolean> other = waiting(single, "b");

    single.giveBack("a");
    assertThat(LATER.await(first)).isTrue();
    single.giveBack("a");

    assertThat(LATER.await(other)).isTrue();
    assertThat(second.isDone()).isFalse();
    single.giveBack("b");
    assertThat(LATER.await(second)).isTrue();
  }

  @Test
  void forgetsNobodyWhoIsInterrupted() throws Exception {
    takes("a");
    takes("a");
    takes("b");
    var interrupted = new FutureTask<>(() -> places.take("c", Duration.ofHours(1)));
    Thread thread = Thread.ofPlatform().start(interrupted);
    Waiting.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    FutureTask<Boolean> next = waiting("d");

    thread.interrupt();
    thread.join();
    places.giveBack("b");

    assertThat(LATER.await(next)).isTrue();
  }

  @Test
  void goesOnWithTheNextWhenOneHasWaitedInVain() throws Exception {
    takes("a");
    takes("a");
    takes("b");
    assertThat(places.take("c", Duration.ofMillis(1))).isFalse();
    FutureTask<Boolean> next = waiting("d");

    places.giveBack("b");

    assertThat(LATER.await(next)).isTrue();
  }

  private boolean takes(String party) throws InterruptedException {
    return places.take(party, Duration.ZERO);
  }

  private FutureTask<Boolean> waiting(String party) {
    return waiting(places, party);
  }

  private static FutureTask<Boolean> waiting(FairPlaces<String> places, String party) {
    var task = new FutureTask<>(() -> places.take(party, Duration.ofHours(1)));
    Thread thread = Thread.ofPlatform().start(task);
    Waiting.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return task;
  }

  @Test
  void waitsByTheClockOfTheDeadline() throws Exception {
    var ticker = new SettableTicker.Watched();
    var places = new FairPlaces<String>(1);
    assertThat(places.take("a", Duration.ZERO)).isTrue();
    Deadline hour = Deadline.after(Duration.ofHours(1), ticker);
    var late = new FutureTask<>(() -> places.take("b", hour));
    Thread waiter = Thread.ofPlatform().start(late);
    Waiting.until(() -> waiter.getState() == Thread.State.TIMED_WAITING);

    ticker.advance(Duration.ofHours(1));

    assertThat(late.get(20, TimeUnit.SECONDS)).isFalse();
  }
}
