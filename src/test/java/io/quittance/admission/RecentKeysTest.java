package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentKeysTest {

  private final RecentKeys keys = new RecentKeys();

  @Test
  void knowsWhatWasAddedAndNothingElse() {
    assertThat(keys.contains(0)).isFalse();
    keys.add(7);
    keys.add(-7);

    assertThat(keys.contains(7)).isTrue();
    assertThat(keys.contains(-7)).isTrue();
    assertThat(keys.contains(8)).isFalse();
  }

  /** Keys whose halves are those of neighbors, as hash codes of counted texts are. */
  @Test
  void knowsMostOfTheLastTenThousand() {
    long[] added =
        LongStream.range(0, 10_000).map(i -> (i % 7) << 32 ^ (i * 31 & 0xffff_ffffL)).toArray();
    LongStream.of(added).forEach(keys::add);

    assertThat(LongStream.of(added).filter(keys::contains).count()).isGreaterThan(9_000);
  }

  @Test
  void forgetsWhatIsOld() {
    keys.add(7);
    new SplittableRandom(1).longs(3_000_000).forEach(keys::add);

    assertThat(keys.contains(7)).isFalse();
  }
}
