package io.quittance.access.merchant;

import io.quittance.database.AssignedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A tenant: every other object belongs to exactly one merchant. */
@Entity
@Table(name = "merchants")
class Merchant extends AssignedId {

  /**
   * The changes; null: no change.
   *
   * @param enabled whether its keys are accepted
   * @param deadlineMaxMs in milliseconds
   */
  record Change(
      @Nullable String name,
      @Nullable Boolean enabled,
      @Nullable Integer deadlineMaxMs,
      @Nullable Integer requestsPerSecond,
      @Nullable Integer burst) {

    /** For the audit trail. */
    Map<String, Object> described() {
      var details = new LinkedHashMap<String, Object>();
      details.put("name", name);
      details.put("enabled", enabled);
      details.put("deadline_max_ms", deadlineMaxMs);
      details.put("requests_per_second", requestsPerSecond);
      details.put("burst", burst);
      details.values().removeIf(Objects::isNull);
      return details;
    }
  }

  private String name;
  private boolean enabled = true;
  private @Nullable Integer deadlineMaxMs;
  private @Nullable Integer requestsPerSecond;
  private @Nullable Integer burst;
  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected Merchant() {}

  Merchant(UUID id, String name, @Nullable Integer deadlineMaxMs, Instant createdAt) {
    super(id);
    this.name = name;
    this.deadlineMaxMs = deadlineMaxMs;
    this.createdAt = createdAt;
  }

  void apply(Change change) {
    name = change.name() == null ? name : change.name();
    enabled = change.enabled() == null ? enabled : change.enabled();
    deadlineMaxMs = change.deadlineMaxMs() == null ? deadlineMaxMs : change.deadlineMaxMs();
    requestsPerSecond =
        change.requestsPerSecond() == null ? requestsPerSecond : change.requestsPerSecond();
    burst = change.burst() == null ? burst : change.burst();
  }

  String name() {
    return name;
  }

  boolean enabled() {
    return enabled;
  }

  /** Null: the value of the configuration; the same for the limits below. */
  @Nullable Integer deadlineMaxMs() {
    return deadlineMaxMs;
  }

  @Nullable Integer requestsPerSecond() {
    return requestsPerSecond;
  }

  @Nullable Integer burst() {
    return burst;
  }

  Instant createdAt() {
    return createdAt;
  }
}
