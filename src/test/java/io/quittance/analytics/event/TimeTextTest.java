package io.quittance.analytics.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.Rfc3339;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It takes what {@link Rfc3339} takes, and nothing else. */
class TimeTextTest {

  private final TimeText times = new TimeText();

  @Property
  void readsEverySecond(
      @ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_799L) long second,
      @ForAll @IntRange(min = -18, max = 18) int hours) {
    String text =
        LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC).plusNanos(1_000_000)
            + ZoneOffset.ofHours(hours).getId();

    assertThat(read(text)).isEqualTo(expected(text));
  }

  /** One character of a time is another one. */
  @Property(tries = 5_000)
  void agreesOnAlmostEveryText(
      @ForAll @IntRange(max = 24) int at,
      @ForAll @CharRange(from = '-', to = ':') @StringLength(1) String other) {
    String text = "2024-02-29T23:59:59.5+01:00";
    String changed = text.substring(0, at) + other + text.substring(at + 1);

    assertThat(read(changed)).as(changed).isEqualTo(expected(changed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T23:59:60Z",
        "2026-01-01t00:00:00z",
        "2026-01-01T00:00:00.1234567891Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T00:00:00+18:01",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00:00Z",
        "2026-01-01 00:00:00Z",
        ""
      })
  void agreesOnTheEdges(String text) {
    assertThat(read(text)).isEqualTo(expected(text));
  }

  private long read(String text) {
    return times.epochSecond(text.toCharArray(), 0, text.length());
  }

  private static long expected(String text) {
    try {
      Instant instant = Rfc3339.parse(text);
      return instant.getEpochSecond();
    } catch (IllegalArgumentException e) {
      return TimeText.NONE;
    }
  }
}
