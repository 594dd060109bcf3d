package io.quittance.webhook.endpoint;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** All webhook endpoints. Its queries are SQL, so that Hibernate's parser need not be set up. */
public interface Endpoints extends Repository<Endpoint, UUID> {

  Endpoint saveAndFlush(Endpoint endpoint);

  @NativeQuery(
      "select * from webhook_endpoints"
          + " where merchant_id = :merchantId and id = :id and deleted_at is null")
  Optional<Endpoint> find(UUID merchantId, UUID id);

  @NativeQuery(
      "select * from webhook_endpoints"
          + " where merchant_id = :merchantId and id = :id and deleted_at is null for update")
  Optional<Endpoint> lock(UUID merchantId, UUID id);

  /**
   * As {@link #lock}, and empty also if another transaction has locked it: nothing is waited for.
   */
  @NativeQuery(
      "select * from webhook_endpoints"
          + " where merchant_id = :merchantId and id = :id and deleted_at is null"
          + " for update skip locked")
  Optional<Endpoint> lockUnlessLocked(UUID merchantId, UUID id);

  @NativeQuery(
      "select * from webhook_endpoints where merchant_id = :merchantId and deleted_at is null")
  List<Endpoint> ofMerchant(UUID merchantId);

  @NativeQuery(
      "select * from webhook_endpoints"
          + " where merchant_id in (:merchantIds) and id in (:ids) and deleted_at is null")
  List<Endpoint> findAll(Collection<UUID> merchantIds, Collection<UUID> ids);

  @NativeQuery(
      "select * from webhook_endpoints"
          + " where merchant_id = :merchantId and id < :before and deleted_at is null"
          + " order by id desc limit :limit")
  List<Endpoint> newestFirst(UUID merchantId, UUID before, int limit);

  /** Endpoints with a secret that another key than this one seals, in the order of their ids. */
  @NativeQuery(
      "select * from webhook_endpoints"
          + " where id > :after and deleted_at is null"
          + " and (secret_key_id <> :keyId or previous_secret_key_id <> :keyId"
          + " or earlier_secrets is not null) order by id limit :limit")
  List<Endpoint> notSealedWith(String keyId, UUID after, int limit);
}
