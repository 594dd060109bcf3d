package io.quittance.access.merchant;

import jakarta.persistence.LockModeType;
import java.time.Instant;
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

  /** One that has not been revoked. */
  @Query(
      "select k from ApiKey k where k.merchantId = :merchantId and k.id = :id"
          + " and k.revokedAt is null")
  Optional<ApiKey> find(UUID merchantId, UUID id);

  /** Locked, so that of two changes at once the second one sees the first. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select k from ApiKey k where k.merchantId = :merchantId and k.id = :id")
  Optional<ApiKey> lockByMerchantIdAndId(UUID merchantId, UUID id);

  @Query(
      "select count(k) from ApiKey k where k.merchantId = :merchantId and k.revokedAt is null"
          + " and (k.expiresAt is null or k.expiresAt > :now)")
  long countUsable(UUID merchantId, Instant now);

  @Query(
      "select k from ApiKey k where k.merchantId = :merchantId and k.revokedAt is null"
          + " and k.id < :before order by k.id desc")
  List<ApiKey> newestFirst(UUID merchantId, UUID before, Limit limit);
}
