package io.quittance.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import io.quittance.notification.DeliveryQueue.Claimed;
import io.quittance.notification.Lane.Offer;
import io.quittance.payment.EventLog.EventBody;
import io.quittance.payment.EventLog.StoredEvent;
import io.quittance.payment.EventType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One receiver's share of the senders. */
class LaneTest {

  private static final Duration TOOK = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void givesAsManyTurnsAsItMayHaveAndLetsTheRestWait() {
    var lane = new Lane(2, LONG, false);

    assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
    assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
    assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Waits.class);

    assertThat(lane.next()).isNotNull();
    assertThat(lane.next()).isNotNull();
    lane.succeeded(TOOK);
    assertThat(lane.next()).as("what waited").isNotNull();
    lane.succeeded(TOOK);
    assertThat(lane.next()).isNull();
  }

  @Test
  void allowsOneMoreWithEachSuccessAndHalfWithAFailure() {
    var lane = new Lane(32, LONG, false);
    for (int i = 0; i < 4; i++) {
      assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
      assertThat(lane.next()).isNotNull();
    }
    assertThat(lane.offer(parcel(lane))).as("a fifth at first").isInstanceOf(Offer.Waits.class);
    lane.succeeded(TOOK);
    assertThat(lane.offer(parcel(lane))).as("a fifth then").isInstanceOf(Offer.Turn.class);

    lane.failed(TOOK, new IOException("status 500"), null);

    assertThat(lane.next()).as("one of five turns, of which two are allowed").isNull();
  }

  @Test
  void turnsAwayWhatWouldWaitTooLong() {
    var lane = new Lane(1, LONG, false);
    int taken = 0;
    Offer offer = lane.offer(parcel(lane));
    while (!(offer instanceof Offer.Later) && taken < 10_000) {
      taken++;
      offer = lane.offer(parcel(lane));
    }

    assertThat(taken).isLessThan(1_000);
    assertThat(((Offer.Later) offer).pause()).isBetween(Duration.ofSeconds(1), LONG);
  }

  @Test
  void triesOneAtATimeWhileItFails() {
    var lane = new Lane(8, LONG, true);

    assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
    assertThat(lane.next()).isNotNull();
    assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Waits.class);
    lane.succeeded(TOOK);
    assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
  }

  @Test
  void closesWhenNothingSucceedsAndOpensWithAProbe() {
    var closed = new Lane(8, LONG, false);
    failThreeTimes(closed);
    assertThat(closed.offer(parcel(closed)))
        .isInstanceOfSatisfying(
            Offer.Later.class,
            later -> assertThat(later.pause()).isGreaterThan(Duration.ofMinutes(59)));

    var probing = new Lane(8, Duration.ZERO, false);
    failThreeTimes(probing);
    assertThat(probing.offer(parcel(probing))).isInstanceOf(Offer.Turn.class);
    assertThat(probing.next()).isNotNull();
    assertThat(probing.offer(parcel(probing))).isInstanceOf(Offer.Waits.class);
    probing.succeeded(TOOK);
    assertThat(probing.offer(parcel(probing))).isInstanceOf(Offer.Turn.class);
  }

  @Test
  void staysOpenForAReceiverThatTakesSomeAndRefusesOthers() {
    var lane = new Lane(8, LONG, false);
    for (int i = 0; i < 30; i++) {
      assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
      assertThat(lane.next()).isNotNull();
      if (i % 3 == 0) {
        lane.succeeded(TOOK);
      } else {
        lane.failed(TOOK, new IOException("status 500"), null);
      }
      assertThat(lane.next()).isNull();
    }
  }

  @Test
  void leavesAReceiverAloneThatAsksForIt() {
    var lane = new Lane(8, Duration.ZERO, false);
    lane.offer(parcel(lane));
    lane.next();

    lane.failed(TOOK, new IOException("status 503"), Duration.ofMinutes(10));

    assertThat(lane.offer(parcel(lane)))
        .isInstanceOfSatisfying(
            Offer.Later.class,
            later -> assertThat(later.pause()).isGreaterThan(Duration.ofMinutes(9)));
  }

  @Test
  void dropsWhatHasWaitedPastItsLease() {
    var lane = new Lane(1, LONG, false);
    lane.offer(parcel(lane, Deadline.after(Duration.ZERO)));

    assertThat(lane.next()).isNull();

    assertThat(lane.offer(parcel(lane)))
        .as("the turn was given back")
        .isInstanceOf(Offer.Turn.class);
  }

  private static void failThreeTimes(Lane lane) {
    for (int i = 0; i < 3; i++) {
      assertThat(lane.offer(parcel(lane))).isInstanceOf(Offer.Turn.class);
      assertThat(lane.next()).isNotNull();
      lane.failed(TOOK, new IOException("status 500"), null);
      assertThat(lane.next()).isNull();
    }
  }

  private static Parcel parcel(Lane lane) {
    return parcel(lane, Deadline.after(LONG));
  }

  private static Parcel parcel(Lane lane, Deadline startBy) {
    UUID id = UUID.randomUUID();
    var body = new EventBody("evt", EventType.PAYMENT_SUCCEEDED, Instant.EPOCH, 1, "{}");
    return new Parcel(
        new Claimed(id, id, id, id, 0, startBy), new StoredEvent(id, id, body), null, lane);
  }
}
