package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.access.RequestSender;
import io.quittance.testing.Proves;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Who is let in, and how many at once. */
class AdmissionTest {

  private static final Duration PATIENT = Duration.ofSeconds(2);
  private static final Duration TARGET = Duration.ofMillis(500);
  private static final UUID MERCHANT = new UUID(1, 2);
  private static final UUID SAME_LANE = new UUID(1, 4);
  private static final UUID OF_THE_OTHER_LANE = new UUID(1, 1);

  /** Of merchants, by the last digit of their ids. */
  private static final int LANES = 2;

  /** Merchants that do not wait for what others of their lane have queued. */
  private final Set<UUID> unhurried = new HashSet<>();

  private final Duration[] expected = {Duration.ZERO, Duration.ZERO};
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Deque<AdmissionPermit> places = new ArrayDeque<>();
  private long now;

  /** So many in each lane. */
  private final Admission admission = admission(10, LANES * 80);

  private Admission admission(int floor, int ceiling) {
    return new Admission(
        new AdmissionProperties(true, floor, ceiling, TARGET, DataSize.ofMegabytes(1)),
        new TwoLanes(),
        registry,
        () -> now);
  }

  private final class TwoLanes implements Backlog {

    @Override
    public int lanes() {
      return LANES;
    }

    @Override
    public int laneOf(UUID merchantId) {
      return (int) (merchantId.getLeastSignificantBits() % LANES);
    }

    @Override
    public Duration longestExpectedTime(int lane) {
      return expected[lane];
    }

    @Override
    public Duration expectedTime(UUID merchantId) {
      return unhurried.contains(merchantId) ? Duration.ZERO : expected[laneOf(merchantId)];
    }
  }

  @Test
  @Proves("more requests come")
  void startsWithHalfItsCeilingAndLeavesRoomForWhatIsMoreUrgent() {
    assertThat(entering(Priority.REPORT, 100)).isEqualTo(20);
    assertThat(entering(Priority.BEGINNING, 100)).isEqualTo(36 - 20);
    assertThat(entering(Priority.OPERATION, 100)).isEqualTo(40 - 36);
    assertThat(entering(Priority.UNDER_WAY, 100)).isEqualTo(50 - 40);
    assertThat(entering(Priority.UNDER_WAY, 1)).isZero();
  }

  @Test
  void letsTheNextOneInWhenOneHasLeft() {
    assertThat(entering(Priority.BEGINNING, 36)).isEqualTo(36);
    assertThat(entering(Priority.BEGINNING, 1)).isZero();

    leave();

    assertThat(entering(Priority.BEGINNING, 1)).isEqualTo(1);
  }

  @Test
  void letsFewerInWhileWorkTakesTooLongButNeverFewerThanItsFloor() {
    expected[0] = TARGET.plusMillis(1);

    pass(Duration.ofMillis(100));
    assertThat(limit()).isEqualTo(36);

    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }
    assertThat(limit()).isEqualTo(10);
  }

  @Test
  void letsMoreInWhileItsLimitIsReachedAndWorkIsQuick() {
    expected[0] = TARGET.minusMillis(1);

    pass(Duration.ofMillis(100));
    assertThat(limit()).as("nobody is there").isEqualTo(40);

    for (int i = 0; i < 100; i++) {
      entering(Priority.BEGINNING, 10);
      pass(Duration.ofMillis(100));
    }
    assertThat(limit()).isEqualTo(80);
  }

  @Test
  void forgetsWhenThereIsLittleToDo() {
    expected[0] = TARGET.plusMillis(1);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }
    expected[0] = TARGET.minusMillis(1);

    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }

    assertThat(limit()).isEqualTo(40);
  }

  @Test
  void refusesWhoeverCannotWaitAsLongAsItTakes() {
    expected[0] = Duration.ofMillis(100);

    assertThat(enter(Priority.BEGINNING, Duration.ofMillis(99))).isFalse();
    assertThat(enter(Priority.OPERATION, Duration.ofMillis(99))).isFalse();
    assertThat(enter(Priority.BEGINNING, Duration.ofMillis(100))).isTrue();
    assertThat(enter(Priority.UNDER_WAY, Duration.ofMillis(99))).isTrue();
  }

  @Test
  void refusesNobodyForWhatAnotherMerchantHasQueued() {
    expected[0] = Duration.ofMillis(100);
    unhurried.add(SAME_LANE);

    assertThat(enter(Priority.BEGINNING, Duration.ofMillis(99))).isFalse();
    assertThat(enter(SAME_LANE, Priority.BEGINNING, Duration.ofMillis(99))).isNotNull();
  }

  @Test
  @Proves("more requests come")
  void saysWhenWhatIsUnderWayWillBeDone() {
    entering(Priority.BEGINNING, 30);
    for (int tick = 0; tick < 100; tick++) {
      leave();
      now += Duration.ofMillis(100).toNanos();
      assertThat(enter(Priority.BEGINNING, PATIENT)).isTrue();
    }

    // One every 100 ms, and 30 are there.
    assertThat(admission.retryAfter(sender(MERCHANT)))
        .isBetween(Duration.ofMillis(2_900), Duration.ofMillis(3_100));
  }

  @Test
  void startsAgainAfterALongSilence() {
    expected[0] = TARGET.plusMillis(1);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }

    pass(Duration.ofSeconds(6));

    assertThat(limit()).isEqualTo(40);
  }

  @Test
  void letsEverybodyInWhenItIsOff() {
    expected[0] = Duration.ofHours(1);
    var off =
        new Admission(
            new AdmissionProperties(false, 1, 1, TARGET, DataSize.ofMegabytes(1)),
            new TwoLanes(),
            new SimpleMeterRegistry());

    assertThat(
            IntStream.range(0, 100)
                .mapToObj(i -> off.enter(admissionRequest(MERCHANT, Priority.REPORT)))
                .filter(Objects::nonNull))
        .hasSize(100);
  }

  @Test
  void aFloodFillsItsOwnLaneOnly() {
    assertThat(entering(MERCHANT, 100)).isEqualTo(36);
    expected[0] = Duration.ofHours(1);

    assertThat(entering(OF_THE_OTHER_LANE, 100)).isEqualTo(36);
    pass(Duration.ofMillis(100));
    assertThat(limit("0")).isEqualTo(36);
    assertThat(limit("1")).isEqualTo(40);
  }

  @Test
  void aMerchantThatComesLaterFindsRoomBesideAFlood() {
    assertThat(entering(MERCHANT, 100)).isEqualTo(36);

    assertThat(entering(SAME_LANE, 18)).isEqualTo(18);
    leave(MERCHANT);
    assertThat(entering(MERCHANT, 1)).as("what is given back is not the flood's").isZero();
    assertThat(entering(SAME_LANE, 100)).as("the equal share is all").isZero();
  }

  /** As when its payments wait for a locked account. */
  @Test
  @Proves("one merchant sends more")
  void othersFindRoomBesideAMerchantThatKeepsItsPlacesWhileTheLimitFalls() {
    assertThat(entering(MERCHANT, 100)).isEqualTo(36);
    expected[0] = TARGET.plusMillis(1);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }
    assertThat(limit()).isEqualTo(10);

    assertThat(entering(SAME_LANE, 100)).isEqualTo(9);
    assertThat(entering(MERCHANT, 1)).isZero();
  }

  @Test
  void theUnknownFillAShareOfTheirOwnAndTheOperatorIsNotOneOfThem() {
    // A quarter of the ceiling.
    assertThat(entering(RequestSender.UNKNOWN, 100)).isEqualTo(36);

    assertThat(entering(RequestSender.OPERATOR, 1)).isEqualTo(1);
    assertThat(entering(MERCHANT, 100)).isEqualTo(36);
  }

  @Test
  void whoTurnsOutToBeAMerchantNeedsRoomInItsLane() {
    AdmissionPermit permit = enter(RequestSender.UNKNOWN, Priority.BEGINNING, PATIENT);
    AdmissionPermit refused = enter(RequestSender.UNKNOWN, Priority.BEGINNING, PATIENT);
    assertThat(entering(MERCHANT, 35)).isEqualTo(35);

    assertThat(admission.moveToMerchant(permit, sender(MERCHANT))).isTrue();
    assertThat(admission.moveToMerchant(refused, sender(MERCHANT))).isFalse();

    assertThat(underWay("unknown")).isEqualTo(1);
    assertThat(underWay("0")).isEqualTo(36);
    permit.leave();
    refused.leave();
    assertThat(underWay("unknown")).isZero();
    assertThat(underWay("0")).isEqualTo(35);
  }

  @Test
  void countsRefusalsByLaneAndPriority() {
    admission.refusal(admissionRequest(OF_THE_OTHER_LANE, Priority.REPORT));

    assertThat(
            registry
                .get("quittance.admission.refused")
                .tags("lane", "1", "priority", "report")
                .functionCounter()
                .count())
        .isEqualTo(1);
  }

  /** Time passes, and somebody looks in. */
  private void pass(Duration time) {
    now += time.toNanos();
    AdmissionPermit permit = enter(MERCHANT, Priority.UNDER_WAY, PATIENT);
    if (permit != null) {
      permit.leave();
    }
  }

  private double limit() {
    return limit("0");
  }

  private double limit(String lane) {
    return registry.get("quittance.admission.limit").tag("lane", lane).gauge().value();
  }

  private double underWay(String lane) {
    return registry.get("quittance.admission.under.way").tag("lane", lane).gauge().value();
  }

  private static RequestSender sender(UUID party) {
    return new RequestSender(ByteBuffer.allocate(0), party);
  }

  private static AdmissionRequest admissionRequest(UUID party, Priority priority) {
    return new AdmissionRequest(sender(party), priority, PATIENT, null);
  }

  private @Nullable AdmissionPermit enter(UUID party, Priority priority, Duration patience) {
    return admission.enter(new AdmissionRequest(sender(party), priority, patience, null));
  }

  private boolean enter(Priority priority, Duration patience) {
    AdmissionPermit permit = enter(MERCHANT, priority, patience);
    if (permit != null) {
      places.push(permit);
    }
    return permit != null;
  }

  private void leave() {
    leave(MERCHANT);
  }

  private void leave(UUID party) {
    AdmissionPermit permit =
        places.stream()
            .filter(one -> one.admissionRequest().sender().party().equals(party))
            .findFirst()
            .orElseThrow();
    permit.leave();
    places.remove(permit);
  }

  private long entering(Priority priority, int count) {
    return IntStream.range(0, count).filter(i -> enter(priority, PATIENT)).count();
  }

  private long entering(UUID party, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> enter(party, Priority.BEGINNING, PATIENT))
        .filter(Objects::nonNull)
        .peek(places::push)
        .count();
  }
}
