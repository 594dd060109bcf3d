package io.quittance.access.merchant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** All API keys. */
interface ApiKeys extends Repository<ApiKey, UUID> {

  ApiKey save(ApiKey key);

  @NativeQuery("select exists (select 1 from api_keys where secret_hash = :hash)")
  boolean existsBySecretHash(byte[] hash);

  /** One that has not been revoked. */
  @NativeQuery(
      "select * from api_keys"
          + " where merchant_id = :merchantId and id = :id and revoked_at is null")
  Optional<ApiKey> find(UUID merchantId, UUID id);

  /** Locked, so that of two changes at once the second one sees the first. */
  @NativeQuery("select * from api_keys where merchant_id = :merchantId and id = :id for update")
  Optional<ApiKey> lock(UUID merchantId, UUID id);

  @NativeQuery(
      "select count(*) from api_keys where merchant_id = :merchantId and revoked_at is null"
          + " and (expires_at is null or expires_at > :now)")
  long countUsable(UUID merchantId, Instant now);

  @NativeQuery(
      "select * from api_keys where merchant_id = :merchantId and revoked_at is null"
          + " and id < :before order by id desc limit :limit")
  List<ApiKey> newestFirst(UUID merchantId, UUID before, int limit);
}
