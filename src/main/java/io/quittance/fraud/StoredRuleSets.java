package io.quittance.fraud;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** All rule sets. */
interface StoredRuleSets extends Repository<StoredRuleSet, UUID> {

  Optional<StoredRuleSet> findById(UUID merchantId);

  @NativeQuery(
      "select merchant_id, version, body, updated_at from fraud_rule_sets"
          + " where merchant_id in (:merchantIds)")
  List<StoredRuleSet> findAll(Collection<UUID> merchantIds);
}
