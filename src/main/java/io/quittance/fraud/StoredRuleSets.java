package io.quittance.fraud;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** All rule sets. */
interface StoredRuleSets extends Repository<StoredRuleSet, UUID> {

  StoredRuleSet save(StoredRuleSet rules);

  Optional<StoredRuleSet> findById(UUID merchantId);

  List<StoredRuleSet> findByMerchantIdIn(Collection<UUID> merchantIds);

  @Modifying
  @Transactional
  @Query(
      "update StoredRuleSet r set r.version = r.version + 1, r.body = :body, r.updatedAt = :now"
          + " where r.merchantId = :merchantId and r.version = :version")
  int replace(UUID merchantId, long version, String body, Instant now);
}
