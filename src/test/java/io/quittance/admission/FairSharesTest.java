package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who gets how much of a limit. */
class FairSharesTest {

  private static final int LIMIT = 100;
  private static final UUID FLOOD = new UUID(0, 10);
  private static final UUID OTHER = new UUID(0, 11);

  private final FairShares shares = new FairShares();

  @Test
  void onePartyAloneMayHaveAll() {
    assertThat(taking(FLOOD, 1_000)).isEqualTo(LIMIT);
  }

  @Test
  void aPartyThatComesLaterGetsAnEqualShare() {
    taking(FLOOD, 1_000);

    assertThat(taking(OTHER, 1_000)).isEqualTo(LIMIT / 2);
  }

  @Test
  void theLargestPartyGetsNothingUntilTheLimitIsKeptAgain() {
    taking(FLOOD, 1_000);
    taking(OTHER, 30);

    int refused = 0;
    while (!shares.take(FLOOD, 1, LIMIT)) {
      shares.giveBack(FLOOD, 1);
      refused++;
    }

    assertThat(refused).isEqualTo(31);
    assertThat(shares.total()).isEqualTo(LIMIT);
  }

  @Test
  void partiesThatTakeLittleDoNotMakeTheOthersSharesSmall() {
    taking(FLOOD, 1_000);
    IntStream.range(0, 40).forEach(i -> taking(new UUID(1, i), 1));

    // An equal share would be 2, but most want no more than 1.
    assertThat(taking(OTHER, 20)).isEqualTo(20);
  }

  @Test
  void neverComesToMoreThanTwiceTheLimit() {
    IntStream.range(0, 1_000).forEach(i -> taking(new UUID(1, i), 1_000));

    assertThat(shares.total()).isLessThanOrEqualTo(2 * LIMIT);
  }

  @Test
  void forgetsWhatWasGivenBack() {
    taking(FLOOD, LIMIT);
    IntStream.range(0, LIMIT).forEach(i -> shares.giveBack(FLOOD, 1));

    assertThat(shares.total()).isZero();
    assertThat(taking(OTHER, 1_000)).isEqualTo(LIMIT);
  }

  @Test
  void whoHasMoreThanItsShareGivesBackUntilTheLimitIsKeptAgain() {
    taking(FLOOD, 1_000);
    assertThat(shares.giveBackExcess(FLOOD, LIMIT)).as("alone").isFalse();
    taking(OTHER, 2);

    assertThat(shares.giveBackExcess(OTHER, LIMIT)).as("the one that came later").isFalse();
    assertThat(IntStream.range(0, LIMIT).filter(_ -> shares.giveBackExcess(FLOOD, LIMIT)))
        .hasSize(2);
    assertThat(shares.total()).isEqualTo(LIMIT);
  }

  @Test
  void nobodyGivesBackItsOnlyOne() {
    IntStream.range(0, 2 * LIMIT).forEach(i -> taking(new UUID(1, i), 1));

    assertThat(shares.total()).isEqualTo(2 * LIMIT);
    assertThat(shares.giveBackExcess(new UUID(1, 0), LIMIT)).isFalse();
  }

  private long taking(UUID party, int count) {
    return IntStream.range(0, count).filter(i -> shares.take(party, 1, LIMIT)).count();
  }
}
