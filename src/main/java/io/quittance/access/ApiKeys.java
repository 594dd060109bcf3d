package io.quittance.access;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** All API keys. */
interface ApiKeys extends Repository<ApiKey, UUID> {

  ApiKey save(ApiKey key);

  boolean existsBySecretHash(byte[] hash);

  /** Locked, so that of two changes at once the second one sees the first. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  Optional<ApiKey> findByMerchantIdAndId(UUID merchantId, UUID id);

  @Query(
      "select k from ApiKey k where k.merchantId = :merchantId and k.revokedAt is null"
          + " and k.id < :before order by k.id desc")
  List<ApiKey> newestFirst(UUID merchantId, UUID before, Limit limit);
}
