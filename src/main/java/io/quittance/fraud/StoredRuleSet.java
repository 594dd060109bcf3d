package io.quittance.fraud;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.springframework.data.domain.Persistable;

/** A merchant's rule set as it is kept: one row, its rules as JSON. */
@Entity
@Table(name = "fraud_rule_sets")
class StoredRuleSet implements Persistable<UUID> {

  @Id private UUID merchantId;
  private long version;
  private String body;

  @SuppressWarnings("UnusedVariable") // for people who look into the database
  private Instant updatedAt;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected StoredRuleSet() {}

  StoredRuleSet(UUID merchantId, long version, String body, Instant updatedAt) {
    this.merchantId = merchantId;
    this.version = version;
    this.body = body;
    this.updatedAt = updatedAt;
  }

  @Override
  public UUID getId() {
    return merchantId;
  }

  @Override
  public boolean isNew() {
    return true;
  }

  long version() {
    return version;
  }

  String body() {
    return body;
  }
}
