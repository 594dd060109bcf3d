package io.quittance.kafka;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps events from being relayed here, if anything does. Thread-safe. */
final class RelayState {

  private static final Logger log = LoggerFactory.getLogger(RelayState.class);
  private static final int CAUSES_MAX = 20;

  /** What goes on failing is told of so often. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final Map<Object, String> reasons = new ConcurrentHashMap<>();
  private Deadline silence = Deadline.after(Duration.ZERO);

  /**
   * Something could not be done, and will be tried again.
   *
   * @param part what it was about, such as a shard
   */
  synchronized void failed(Object part, Throwable failure) {
    String reason = reason(failure);
    if (reasons.isEmpty() || silence.expired()) {
      silence = Deadline.after(SILENCE);
      log.warn("Events wait in the database, and are sent to Kafka later: {}", reason);
    }
    reasons.put(part, reason);
  }

  /** It could be done, or is another replica's by now. */
  synchronized void succeeded(Object part) {
    if (reasons.remove(part) != null && reasons.isEmpty()) {
      log.info("Events are sent to Kafka again");
    }
  }

  /** Why events wait; null: they do not. */
  @Nullable String reason() {
    return reasons.values().stream().findFirst().orElse(null);
  }

  /** Kafka wraps what matters. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < CAUSES_MAX && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null
        ? cause.getClass().getSimpleName()
        : cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
