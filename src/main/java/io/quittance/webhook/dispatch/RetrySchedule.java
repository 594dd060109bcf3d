package io.quittance.webhook.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * When a delivery is attempted again. Merchants' endpoints: after 5 s, 5 min, 30 min, 2, 5, 10, 14,
 * 20 and 24 h, then never; each up to a tenth later, so that deliveries that failed together are
 * not retried together. The operator's receiver: pauses that double up to a limit, for ever.
 */
final class RetrySchedule {

  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  private static final Duration RETRY_AFTER_MAX = Duration.ofHours(24);

  private RetrySchedule() {}

  /**
   * The pause before the next attempt at a merchant's endpoint; empty when that was the last.
   *
   * @param attempts made so far, 1 or more
   * @param retryAfter what the receiver asked for at least; null: nothing
   */
  static Optional<Duration> forEndpoint(int attempts, @Nullable Duration retryAfter) {
    if (attempts > PAUSES.size()) {
      return Optional.empty();
    }
    Duration pause = jittered(PAUSES.get(attempts - 1), 10);
    return Optional.of(retryAfter != null && retryAfter.compareTo(pause) > 0 ? retryAfter : pause);
  }

  /** 1, 2, 4, … seconds up to the limit, and up to a quarter more. */
  static Duration forOperator(int attempts, Duration limit) {
    long seconds = Math.min(limit.toSeconds(), 1L << Math.min(attempts - 1, 20));
    return jittered(Duration.ofSeconds(seconds), 4);
  }

  private static Duration jittered(Duration pause, int part) {
    long most = pause.toMillis() / part;
    return pause.plusMillis(ThreadLocalRandom.current().nextLong(most + 1));
  }

  /**
   * Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds or a date. Null when
   * it is neither; at most a day.
   */
  static @Nullable Duration retryAfter(@Nullable String header, Clock clock) {
    if (header == null) {
      return null;
    }
    Duration asked = parse(header.strip(), clock);
    return asked == null || asked.isNegative()
        ? null
        : asked.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : asked;
  }

  private static @Nullable Duration parse(String text, Clock clock) {
    if (text.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      var date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Duration.between(clock.instant(), date.toInstant());
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
