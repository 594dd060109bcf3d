package io.quittance.access.merchant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** All API keys. Its queries name their columns, so that a migration may add one. */
interface ApiKeys extends Repository<ApiKey, UUID> {

  String SELECT =
      "select id, merchant_id, name, secret_hash, scopes, scope_vocabulary, created_at, expires_at,"
          + " revoked_at, rotated_at, successor_expires_at, requests_per_second, burst,"
          + " last_used_at from api_keys where merchant_id = :merchantId and ";

  ApiKey save(ApiKey key);

  @NativeQuery("select exists (select 1 from api_keys where secret_hash = :hash)")
  boolean existsBySecretHash(byte[] hash);

  /** One that has not been revoked. */
  @NativeQuery(SELECT + "id = :id and revoked_at is null")
  Optional<ApiKey> find(UUID merchantId, UUID id);

  /** Locks the row, so that the second of two concurrent changes sees the first. */
  @Transactional(propagation = Propagation.MANDATORY)
  @NativeQuery(SELECT + "id = :id for update")
  Optional<ApiKey> lock(UUID merchantId, UUID id);

  @NativeQuery(
      "select count(*) from api_keys where merchant_id = :merchantId and revoked_at is null"
          + " and (expires_at is null or expires_at > :now)")
  long countUsable(UUID merchantId, Instant now);

  @NativeQuery(SELECT + "revoked_at is null and id < :before order by id desc limit :limit")
  List<ApiKey> newestFirst(UUID merchantId, UUID before, int limit);
}
