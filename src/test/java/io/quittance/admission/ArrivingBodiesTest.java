package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.access.RequestSender;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** What half-sent bodies may take from each other. */
class ArrivingBodiesTest {

  private static final long REQUEST = ArrivingBodies.REQUEST_BYTES;
  private static final UUID MERCHANT = new UUID(1, 1);
  private static final UUID OTHER = new UUID(1, 2);

  private static final byte[] OPERATOR = {1};

  /** For 64 requests without a body. */
  private final ArrivingBodies arrivingBodies =
      new ArrivingBodies(
          new AdmissionProperties(true, 1, 1, Duration.ZERO, DataSize.ofBytes(64 * REQUEST)),
          new SimpleMeterRegistry());

  @Test
  void aKeyMayHaveAQuarterOfTheLimit() {
    assertThat(entering(key(MERCHANT, 1), 0, 100)).isEqualTo(16);

    assertThat(entering(key(MERCHANT, 2), 0, 100)).isEqualTo(16);
  }

  @Test
  void aLongBodyTakesMoreThanAShortOne() {
    assertThat(entering(key(MERCHANT, 1), REQUEST, 100)).isEqualTo(8);
  }

  @Test
  void aMerchantWithManyKeysLeavesRoomForOthers() {
    IntStream.range(0, 100).forEach(i -> entering(key(MERCHANT, i), 0, 100));

    assertThat(entering(key(OTHER, 1), 0, 100)).isEqualTo(16);
    assertThat(entering(RequestSender.unknown(), 0, 100)).isEqualTo(16);
  }

  @Test
  void unknownSendersTogetherMayHaveAQuarterOfTheLimit() {
    assertThat(entering(RequestSender.unknown(), 0, 1_900)).isEqualTo(16);

    assertThat(entering(key(MERCHANT, 1), 0, 100)).isEqualTo(16);
    assertThat(entering(new RequestSender(ByteBuffer.wrap(OPERATOR), RequestSender.OPERATOR), 0, 1))
        .isEqualTo(1);
  }

  @Test
  void aMerchantThatWasUnknownAtFirstLeavesRoomForOthers() {
    entering(RequestSender.unknown(), 0, 1_900);
    IntStream.range(0, 100).forEach(i -> entering(key(MERCHANT, i), 0, 100));

    assertThat(entering(key(OTHER, 1), 0, 100)).isEqualTo(16);
  }

  @Test
  void whoLeavesMakesRoom() {
    RequestSender sender = key(MERCHANT, 1);
    entering(sender, 0, 100);
    arrivingBodies.leave(sender, 0);

    assertThat(entering(sender, 0, 100)).isEqualTo(1);
  }

  private static RequestSender key(UUID merchant, int number) {
    return new RequestSender(ByteBuffer.wrap((merchant + " " + number).getBytes()), merchant);
  }

  private long entering(RequestSender sender, long bytes, int count) {
    return IntStream.range(0, count).filter(i -> arrivingBodies.enter(sender, bytes)).count();
  }
}
