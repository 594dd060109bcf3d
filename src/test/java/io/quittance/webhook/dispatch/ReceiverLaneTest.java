package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One receiver's share of the senders. */
class ReceiverLaneTest {

  private static final Duration TOOK = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void givesAsManyTurnsAsItMayHaveAndLetsTheRestWait() {
    var lane = lane(2);

    assertThat(lane.offer(task(lane))).isTrue();
    assertThat(lane.offer(task(lane))).isTrue();
    assertThat(lane.offer(task(lane))).isFalse();

    assertThat(lane.next()).isNotNull();
    assertThat(lane.next()).isNotNull();
    lane.succeeded(TOOK);
    assertThat(lane.next()).as("what waited").isNotNull();
    lane.succeeded(TOOK);
    assertThat(lane.next()).isNull();
  }

  @Test
  void allowsOneMoreWithEachSuccessAndHalfWithAFailure() {
    var lane = lane(32);
    for (int i = 0; i < 4; i++) {
      assertThat(lane.offer(task(lane))).isTrue();
      assertThat(lane.next()).isNotNull();
    }
    assertThat(lane.offer(task(lane))).as("a fifth at first").isFalse();
    lane.succeeded(TOOK);
    assertThat(lane.offer(task(lane))).as("a fifth then").isTrue();

    lane.failed(TOOK, new IOException("status 500"), false, null);

    assertThat(lane.next()).as("one of five turns, of which two are allowed").isNull();
  }

  @Test
  void hasRoomForSoManyAndTellsWhenThereIsAgain() {
    var lane = lane(1);
    int taken = 0;
    while (lane.room() > 0 && taken < 10_000) {
      lane.offer(task(lane));
      taken++;
    }
    var told = new AtomicInteger();
    lane.whenRoom(told::incrementAndGet);

    assertThat(taken).isLessThan(1_000);
    lane.next();
    assertThat(told).as("almost full").hasValue(0);
    while (taken > 1) {
      lane.succeeded(TOOK);
      lane.next();
      taken--;
    }
    assertThat(told).hasValue(1);
  }

  /** A merchant may have sixteen receivers, all slow, and events of a hundred kilobytes. */
  @Test
  void hasRoomForFewLargeEvents() {
    var lane = lane(1);
    String large = "x".repeat(100_000);
    for (int taken = 0; lane.room() > 0 && taken < 1_000; taken++) {
      lane.offer(task(lane, Deadline.after(LONG), large));
    }
    assertThat(lane.room()).isZero();
    int next = 0;
    while (lane.next() != null) {
      next++;
      lane.succeeded(TOOK);
    }

    assertThat(next).isBetween(2, 10);
    assertThat(lane.room()).isBetween(2, 10);
  }

  @Test
  void triesOneAtATimeWhileItFails() {
    var lane = new ReceiverLane(8, LONG, LONG, true);

    assertThat(lane.offer(task(lane))).isTrue();
    assertThat(lane.next()).isNotNull();
    assertThat(lane.offer(task(lane))).isFalse();
    lane.succeeded(TOOK);
    assertThat(lane.offer(task(lane))).isTrue();
  }

  /** The operator's receiver has no row that would remember what it asked for. */
  @Test
  void staysClosedForAsLongAsItsReceiverAskedFor() {
    var lane = new ReceiverLane(8, Duration.ZERO, LONG, false);
    for (int i = 0; i < 3; i++) {
      lane.offer(task(lane));
      lane.next();
    }
    var failure = new IOException("status 503");

    lane.failed(TOOK, failure, false, LONG);
    lane.failed(TOOK, failure, false, null);
    lane.failed(TOOK, failure, false, null);

    assertThat(lane.room()).isZero();
  }

  @Test
  void closesWhenNothingSucceedsAndOpensWithAProbe() {
    var closed = lane(8);
    assertThat(failThreeTimes(closed)).isEqualTo(LONG);
    assertThat(closed.room()).isZero();

    var probing = new ReceiverLane(8, Duration.ZERO, LONG, false);
    failThreeTimes(probing);
    assertThat(probing.halfOpen()).isTrue();
    assertThat(probing.room()).isEqualTo(1);
    assertThat(probing.offer(task(probing))).isTrue();
    assertThat(probing.next()).isNotNull();
    assertThat(probing.room()).as("while it is tried").isZero();
    probing.succeeded(TOOK);
    assertThat(probing.halfOpen()).isFalse();
    assertThat(probing.room()).isGreaterThan(1);
  }

  @Test
  void closesAgainWhenItsProbeFailsThoughAnotherReplicaClosedIt() {
    var lane = lane(8);
    lane.offer(task(lane));
    lane.next();

    assertThat(lane.failed(TOOK, new IOException("status 500"), true, null)).isEqualTo(LONG);
  }

  @Test
  void remembersThatItClosedOnlyUntilTheRowSaysSo() {
    var lane = new ReceiverLane(8, LONG, Duration.ZERO, false);

    assertThat(failThreeTimes(lane)).isEqualTo(LONG);

    assertThat(lane.room()).isEqualTo(1);
  }

  @Test
  void takesAProbeAfterOneThatEndedWithoutAResult() {
    var lane = new ReceiverLane(8, Duration.ZERO, LONG, false);
    failThreeTimes(lane);
    lane.offer(task(lane));
    lane.next();

    lane.gaveUp();
    lane.giveBack();

    assertThat(lane.room()).isEqualTo(1);
    assertThat(lane.offer(task(lane))).isTrue();
    assertThat(lane.next()).isNotNull();
  }

  @Test
  void dropsWhatWaitsWhenItsLastTurnIsBrokenOff() {
    var lane = lane(1);
    lane.offer(task(lane));
    lane.next();
    lane.offer(task(lane));

    lane.giveBack();

    assertThat(lane.offer(task(lane))).as("a turn is free").isTrue();
    assertThat(lane.next()).isNotNull();
    lane.succeeded(TOOK);
    assertThat(lane.next()).as("what waited").isNull();
  }

  @Test
  void staysOpenForAReceiverThatTakesSomeAndRefusesOthers() {
    var lane = lane(8);
    for (int i = 0; i < 30; i++) {
      assertThat(lane.offer(task(lane))).isTrue();
      assertThat(lane.next()).isNotNull();
      if (i % 3 == 0) {
        lane.succeeded(TOOK);
      } else {
        lane.failed(TOOK, new IOException("status 500"), false, null);
      }
      assertThat(lane.next()).isNull();
    }
  }

  @Test
  void leavesAReceiverAloneThatAsksForIt() {
    var lane = new ReceiverLane(8, Duration.ZERO, LONG, false);
    lane.offer(task(lane));
    lane.next();

    assertThat(lane.failed(TOOK, new IOException("status 503"), false, Duration.ofMinutes(10)))
        .isEqualTo(Duration.ofMinutes(10));

    assertThat(lane.room()).isZero();
  }

  @Test
  void dropsWhatHasWaitedPastItsLease() {
    var lane = lane(1);
    lane.offer(task(lane, Deadline.after(Duration.ZERO)));

    assertThat(lane.next()).isNull();

    assertThat(lane.offer(task(lane))).as("the turn was given back").isTrue();
  }

  private static @Nullable Duration failThreeTimes(ReceiverLane lane) {
    Duration closed = null;
    for (int i = 0; i < 3; i++) {
      assertThat(lane.offer(task(lane))).isTrue();
      assertThat(lane.next()).isNotNull();
      closed = lane.failed(TOOK, new IOException("status 500"), false, null);
      assertThat(lane.next()).isNull();
    }
    return closed;
  }

  private static ReceiverLane lane(int limit) {
    return new ReceiverLane(limit, LONG, LONG, false);
  }

  private static DeliveryTask task(ReceiverLane lane) {
    return task(lane, Deadline.after(LONG));
  }

  private static DeliveryTask task(ReceiverLane lane, Deadline startBy) {
    return task(lane, startBy, "{}");
  }

  private static DeliveryTask task(ReceiverLane lane, Deadline startBy, String data) {
    UUID id = UUID.randomUUID();
    var body = new EventBody("evt", "payment.succeeded", Instant.EPOCH, 1, data);
    return new DeliveryTask(
        new Claimed(id, id, id, id, 0, false, Instant.EPOCH, startBy),
        new StoredEvent(id, id, body, null),
        null,
        lane);
  }
}
