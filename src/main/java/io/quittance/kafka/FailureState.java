package io.quittance.kafka;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether and why a task fails on this replica. Thread-safe. */
public final class FailureState {

  private static final Logger log = LoggerFactory.getLogger(FailureState.class);
  private static final int CAUSES_MAX = 20;

  /** Interval between repeated log lines. */
  private static final Duration REPEAT_INTERVAL = Duration.ofMinutes(1);

  private final Map<Object, String> reasons = new ConcurrentHashMap<>();
  private final String failing;
  private final String again;
  private Deadline silence = Deadline.after(Duration.ZERO);

  /**
   * @param failing the log line while it fails; the reason follows
   * @param again the log line when it works again
   */
  public FailureState(String failing, String again) {
    this.failing = failing;
    this.again = again;
  }

  /**
   * Notes a failure that will be retried.
   *
   * @param part the part that failed, such as a shard
   */
  public synchronized void failed(Object part, Throwable failure) {
    String reason = reason(failure);
    if (reasons.isEmpty() || silence.expired()) {
      silence = Deadline.after(REPEAT_INTERVAL);
      log.warn("{}: {}", failing, reason);
    }
    reasons.put(part, reason);
  }

  /** Notes a success, or that another replica has taken over. */
  public synchronized void succeeded(Object part) {
    if (reasons.remove(part) != null && reasons.isEmpty()) {
      log.info("{}", again);
    }
  }

  /** Why it fails; null: it works. */
  public @Nullable String reason() {
    return reasons.values().stream().findFirst().orElse(null);
  }

  /** Finds the cause, which Kafka wraps. */
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
