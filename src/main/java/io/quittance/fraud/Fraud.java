package io.quittance.fraud;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.tracing.Tracing;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Screens payments: by the merchant's rules, or by the remote service where one is configured. */
@Service
public final class Fraud {

  private static final Duration RESERVE_MIN = Duration.ofMillis(20);
  private static final Duration RESERVE_MAX = Duration.ofMillis(250);

  private final RuleBook rules;
  private final Duration timeout;
  private final @Nullable RemoteScreening remote;

  Fraud(RuleBook rules, FraudProperties properties, ObjectMapper json, Tracing tracing) {
    this.rules = rules;
    this.timeout = properties.timeout();
    this.remote =
        properties.remote()
            ? new RemoteScreening(Objects.requireNonNull(properties.url()), json, timeout, tracing)
            : null;
  }

  /** Whether a remote service screens, and not the merchants' rules. */
  public boolean remote() {
    return remote != null;
  }

  /** The merchant's rules, which include the fallback for failed screening. */
  public Rules rules(UUID merchantId, Deadline deadline) throws InterruptedException {
    return rules.of(merchantId, deadline);
  }

  /**
   * How long the screening of a payment may take. If the fallback could still approve the payment,
   * part of the deadline (a fifth, 20 to 250 ms) is reserved for it; if not, screening may take all
   * of it.
   */
  public Duration limit(Rules rules, Deadline deadline) {
    Duration left = deadline.remaining();
    if (!(rules.fallback() instanceof Fallback.Decline)) {
      left = left.minus(clamp(left.dividedBy(5)));
    }
    return left.compareTo(timeout) < 0 ? left : timeout;
  }

  private static Duration clamp(Duration reserve) {
    if (reserve.compareTo(RESERVE_MIN) < 0) {
      return RESERVE_MIN;
    }
    return reserve.compareTo(RESERVE_MAX) > 0 ? RESERVE_MAX : reserve;
  }

  /**
   * Screens a payment. Interruptible; runs no JDBC.
   *
   * @throws IOException the remote service gave no valid answer, or the rules cannot be read
   */
  public Screening screen(ScreeningRequest subject, Rules rules, Deadline deadline)
      throws IOException, InterruptedException {
    if (remote != null) {
      return remote.screen(subject, deadline);
    }
    return switch (rules) {
      case RuleSet set -> new Screening.ByRules(set, subject);
      case Rules.Unreadable _ -> throw new UnreadableRulesException();
    };
  }
}
