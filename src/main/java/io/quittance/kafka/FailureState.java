package io.quittance.kafka;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps something from being done here, if anything does. Thread-safe. */
public final class FailureState {

  private static final Logger log = LoggerFactory.getLogger(FailureState.class);
  private static final int CAUSES_MAX = 20;

  /** What goes on failing is told of so often. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final Map<Object, String> reasons = new ConcurrentHashMap<>();
  private final String failing;
  private final String again;
  private Deadline silence = Deadline.after(Duration.ZERO);

  /**
   * @param failing what the log says while it fails; the reason follows
   * @param again what the log says when it does not any more
   */
  public FailureState(String failing, String again) {
    this.failing = failing;
    this.again = again;
  }

  /**
   * Something could not be done, and will be tried again.
   *
   * @param part what it was about, such as a shard
   */
  public synchronized void failed(Object part, Throwable failure) {
    String reason = reason(failure);
    if (reasons.isEmpty() || silence.expired()) {
      silence = Deadline.after(SILENCE);
      log.warn("{}: {}", failing, reason);
    }
    reasons.put(part, reason);
  }

  /** It could be done, or is another replica's by now. */
  public synchronized void succeeded(Object part) {
    if (reasons.remove(part) != null && reasons.isEmpty()) {
      log.info("{}", again);
    }
  }

  /** Why it fails; null: it does not. */
  public @Nullable String reason() {
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
