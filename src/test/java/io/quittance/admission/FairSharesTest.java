package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void whatOnePartyKeepsLeavesTheOthersTheLimitWhenItHasFallen() {
    taking(FLOOD, LIMIT);
    int fallen = LIMIT / 4;

    assertThat(taking(OTHER, 1_000, fallen)).isEqualTo(fallen);
    assertThat(taking(FLOOD, 1_000, fallen)).isZero();
    assertThat(taking(new UUID(1, 0), 1_000, fallen)).isZero();
  }

  @Test
  void findsOutWhoHasMostWhenTheLargestPartyHasGivenBack() {
    taking(FLOOD, LIMIT);
    taking(OTHER, LIMIT);
    shares.giveBack(FLOOD, LIMIT - 1);
    int fallen = LIMIT / 5;

    assertThat(taking(new UUID(1, 0), 1_000, fallen)).isEqualTo(fallen - 1);
  }

  /** The limit rises and falls, and one party after the other takes what it can get. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverComesToMoreThanTwiceTheHighestLimit(long seed) {
    var random = new Random(seed);
    Map<UUID, Long> taken = new HashMap<>();
    long most = 0;
    for (int turn = 0; turn < 1_000; turn++) {
      int limit = random.nextBoolean() ? LIMIT : random.nextInt(1, LIMIT + 1);
      UUID greedy = new UUID(1, random.nextInt(12));
      for (int step = 0; step < 200; step++) {
        UUID party = random.nextInt(4) > 0 ? greedy : new UUID(1, random.nextInt(12));
        long amount = random.nextInt(1, 4);
        long own = taken.getOrDefault(party, 0L);
        if (random.nextInt(8) > 0 && shares.take(party, amount, limit)) {
          taken.put(party, own + amount);
        } else if (own >= amount && random.nextInt(8) == 0) {
          shares.giveBack(party, amount);
          taken.put(party, own - amount);
        }
        most = Math.max(most, shares.total());
      }
      assertThat(taken.values()).allMatch(each -> each <= LIMIT);
    }
    assertThat(most).isGreaterThan(LIMIT).isLessThanOrEqualTo(2 * LIMIT);
    assertThat(shares.total()).isEqualTo(taken.values().stream().mapToLong(each -> each).sum());
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
    return taking(party, count, LIMIT);
  }

  private long taking(UUID party, int count, int limit) {
    return IntStream.range(0, count).filter(i -> shares.take(party, 1, limit)).count();
  }
}
