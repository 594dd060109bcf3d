package io.quittance.analytics.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class SeriesLimitTest {

  private static final UUID ONE = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();
  private static final long NOW = 1_800_000_000;

  private final SeriesLimit limit = new SeriesLimit(2);

  @Test
  void admitsAsManySetsOfLabelsAsAllowedAndThoseAgain() {
    limit.at(NOW);
    assertThat(limit.admits(ONE, 1)).isTrue();
    assertThat(limit.admits(ONE, 2)).isTrue();
    assertThat(limit.admits(ONE, 3)).isFalse();
    assertThat(limit.admits(ONE, 1)).isTrue();
  }

  @Test
  void countsEachMerchantByItself() {
    limit.at(NOW);
    limit.admits(ONE, 1);
    limit.admits(ONE, 2);
    assertThat(limit.admits(OTHER, 3)).isTrue();
  }

  @Test
  void beginsAnewWithTheHourAndNotBefore() {
    limit.at(NOW);
    limit.admits(ONE, 1);
    limit.admits(ONE, 2);
    limit.at(NOW + 3_599);
    assertThat(limit.admits(ONE, 3)).isFalse();
    limit.at(NOW + 3_600);
    assertThat(limit.admits(ONE, 3)).isTrue();
  }
}
