package io.quittance.fraud;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Screens payments: by the merchant's rules, or by the remote service where one is configured. */
@Service
public final class Fraud {

  private final RuleBook rules;
  private final Duration timeout;
  private final @Nullable RemoteScreening remote;

  Fraud(RuleBook rules, FraudProperties properties, ObjectMapper json) {
    this.rules = rules;
    this.timeout = properties.timeout();
    this.remote =
        properties.remote()
            ? new RemoteScreening(Objects.requireNonNull(properties.url()), json, timeout)
            : null;
  }

  /** Whether a remote service screens, and not the merchants' rules. */
  public boolean remote() {
    return remote != null;
  }

  /** The merchant's rules, which also say what to do when screening fails. */
  public RuleSet rules(UUID merchantId, Deadline deadline) throws InterruptedException {
    return rules.of(merchantId, deadline);
  }

  /** How long the screening of a payment may take. */
  public Duration limit(RuleSet rules, Deadline deadline) {
    return rules.limit(deadline, timeout);
  }

  /**
   * Screens a payment. Interruptible; runs no JDBC.
   *
   * @throws IOException the remote service did not answer as agreed
   */
  public Screening screen(Subject subject, RuleSet rules, Deadline deadline)
      throws IOException, InterruptedException {
    return remote == null
        ? new Screening.ByRules(rules, subject)
        : remote.screen(subject, deadline);
  }
}
