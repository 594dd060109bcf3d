package io.quittance.fraud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.RememberedLookup;
import io.quittance.database.ReservedConnection;
import io.quittance.identity.Caller;
import io.quittance.web.DependencyNames;
import io.quittance.web.JsonText;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Every merchant's rules. Reads share queries through a worker pool and are remembered for {@link
 * FraudProperties#rulesTtl()}; a change is effective at once on the replica that made it.
 * Thread-safe.
 */
@Component
final class RuleBook {

  private static final Logger log = LoggerFactory.getLogger(RuleBook.class);
  private static final int MERCHANTS_REMEMBERED_MAX = 10_000;

  private final StoredRuleSets stored;
  private final ObjectMapper json;
  private final Replacements replacements;
  private final RememberedLookup<UUID, Rules> rules;

  RuleBook(
      StoredRuleSets stored,
      ObjectMapper json,
      Replacements replacements,
      FraudProperties properties,
      MeterRegistry registry) {
    this.stored = stored;
    this.json = json;
    this.replacements = replacements;
    this.rules =
        new RememberedLookup<>(
            "fraud-rules", this::read, MERCHANTS_REMEMBERED_MAX, properties.rulesTtl(), registry);
  }

  /** The rules in force, at most {@link FraudProperties#rulesTtl()} old. */
  Rules of(UUID merchantId, Deadline deadline) throws InterruptedException {
    return rules.get(merchantId, deadline);
  }

  /**
   * The rules as they stand in the database now.
   *
   * @throws Problem 503 when they were written by a newer version
   */
  RuleSet current(UUID merchantId) {
    return switch (stored.findById(merchantId).map(this::parse).orElse(RuleSet.INITIAL)) {
      case RuleSet rules -> rules;
      case Rules.Unreadable _ ->
          throw Problem.of(
                  ProblemCode.DEPENDENCY_UNAVAILABLE,
                  "The rule set was written by a newer version, and cannot be shown by this one.")
              .dependency(DependencyNames.FRAUD);
    };
  }

  /**
   * Replaces the rules.
   *
   * @param next with the version that the caller read
   * @throws Problem 409 when they were changed since
   */
  RuleSet replace(Caller caller, RuleSet next) {
    UUID merchantId = caller.merchantId();
    if (!replacements.replace(caller, next, JsonText.of(json, next))) {
      throw Problem.of(
          ProblemCode.STALE_VERSION,
          "`version` is %d, and version %d is in force; read the rules again."
              .formatted(next.version(), version(merchantId)));
    }
    rules.forget(merchantId);
    return new RuleSet(
        next.version() + 1, next.rules(), next.reviewFrom(), next.declineFrom(), next.fallback());
  }

  private long version(UUID merchantId) {
    return stored.findById(merchantId).map(StoredRuleSet::version).orElse(0L);
  }

  private void read(List<Job<UUID, Rules>> jobs) {
    Map<UUID, StoredRuleSet> found =
        ReservedConnection.of("fraud-rules", this::find)
            .apply(jobs.stream().map(Job::item).toList());
    for (Job<UUID, Rules> job : jobs) {
      StoredRuleSet row = found.get(job.item());
      job.complete(() -> row == null ? RuleSet.INITIAL : parse(row));
    }
  }

  private Map<UUID, StoredRuleSet> find(List<UUID> merchants) {
    return stored.findAll(merchants).stream()
        .collect(Collectors.toMap(StoredRuleSet::merchantId, Function.identity()));
  }

  private Rules parse(StoredRuleSet row) {
    try {
      RuleSet rules = json.readValue(row.body(), RuleSet.class);
      if (rules != null && rules.rules() != null && rules.fallback() != null) {
        return new RuleSet(
            row.version(),
            rules.rules(),
            rules.reviewFrom(),
            rules.declineFrom(),
            rules.fallback());
      }
    } catch (JsonProcessingException e) {
      log.warn(
          "The rule set of merchant {} cannot be read, so its fallback decides: {}",
          TypeId.format("mch", row.merchantId()),
          e.toString());
    }
    return new Rules.Unreadable(fallback(row.body()));
  }

  /** The fallback, if it can be read; otherwise {@link Fallback.Decline}, which is always safe. */
  private Fallback fallback(String body) {
    try {
      Fallback fallback = json.treeToValue(json.readTree(body).path("fallback"), Fallback.class);
      return fallback == null ? RuleSet.INITIAL.fallback() : fallback;
    } catch (JsonProcessingException e) {
      return RuleSet.INITIAL.fallback();
    }
  }

  @PreDestroy
  void close() {
    rules.close();
  }
}
