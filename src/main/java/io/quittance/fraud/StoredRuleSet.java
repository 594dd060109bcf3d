package io.quittance.fraud;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A merchant's stored rule set: one row, its rules as JSON. {@link Replacements} writes it. */
@Entity
@Table(name = "fraud_rule_sets")
class StoredRuleSet {

  @Id private UUID merchantId;
  private long version;
  private String body;

  @SuppressWarnings("UnusedVariable") // for people who look into the database
  private Instant updatedAt;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected StoredRuleSet() {}

  UUID merchantId() {
    return merchantId;
  }

  long version() {
    return version;
  }

  String body() {
    return body;
  }
}
