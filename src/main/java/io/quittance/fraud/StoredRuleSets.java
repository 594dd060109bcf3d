package io.quittance.fraud;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

/** All rule sets. */
interface StoredRuleSets extends Repository<StoredRuleSet, UUID> {

  Optional<StoredRuleSet> findById(UUID merchantId);

  List<StoredRuleSet> findByMerchantIdIn(Collection<UUID> merchantIds);
}
