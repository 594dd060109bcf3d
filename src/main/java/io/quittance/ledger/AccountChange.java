package io.quittance.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to change about an account; null stays as it is.
 *
 * @param name an empty one is none
 * @param metadataJson replaces all that there is: a JSON object of strings
 * @param overdraftLimit in minor units; only for standard accounts
 */
record AccountChange(
    @Nullable String name,
    @Nullable String metadataJson,
    @Nullable Long overdraftLimit,
    Account.@Nullable Status status) {

  /**
   * What it makes different, for the audit trail; empty when nothing. Names and metadata may tell
   * of people, and the trail is kept for good: it says only that they changed.
   */
  Map<String, Object> differences(Account account) {
    var differences = new LinkedHashMap<String, Object>();
    Account.Terms before = account.terms();
    Account.Terms after = before.with(this);
    if (!Objects.equals(before.name(), after.name())) {
      differences.put("name", "changed");
    }
    if (!before.metadataJson().equals(after.metadataJson())) {
      differences.put("metadata", "changed");
    }
    if (before.overdraftLimit() != after.overdraftLimit()) {
      differences.put(
          "overdraft_limit", Map.of("from", before.overdraftLimit(), "to", after.overdraftLimit()));
    }
    if (status != null && status != account.status()) {
      differences.put("status", Map.of("from", account.status(), "to", status));
    }
    return differences;
  }
}
