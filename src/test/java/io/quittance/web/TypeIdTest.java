package io.quittance.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TypeIdTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  /** As databases and texts compare them. */
  private static int compared(UUID one, UUID other) {
    return one.toString().compareTo(other.toString());
  }

  @Test
  void theFirstIdOfAnInstantIsAboveThoseBeforeAndBelowThoseAfter() {
    assertThat(compared(TypeId.first(NOW), TypeId.first(NOW.plusMillis(1)))).isNegative();
    assertThat(compared(TypeId.first(NOW), TypeId.next())).isNegative();
  }

  @Test
  void allIdsAreFromAfter1970() {
    assertThat(compared(TypeId.first(Instant.parse("1969-12-31T23:59:59Z")), TypeId.first(NOW)))
        .isNegative();
    assertThat(TypeId.first(Instant.parse("0001-01-01T00:00:00Z")))
        .isEqualTo(TypeId.first(Instant.EPOCH));
  }
}
