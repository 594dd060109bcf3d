package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
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
    assertThat(LATER.await(tooMany)).isTrue();
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
    var task = new FutureTask<>(() -> places.take(party, Duration.ofHours(1)));
    Thread thread = Thread.ofPlatform().start(task);
    Waiting.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return task;
  }
}
