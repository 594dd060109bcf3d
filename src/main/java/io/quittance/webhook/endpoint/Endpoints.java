package io.quittance.webhook.endpoint;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * All webhook endpoints that are not deleted. Its queries are SQL, so that Hibernate's parser is
 * not needed, and name their columns, so that running replicas ignore a column that a migration
 * adds.
 */
public interface Endpoints extends Repository<Endpoint, UUID> {

  String SELECT =
      "select id, merchant_id, slot, url, events, description, enabled, disabled_reason,"
          + " failing_since, secret, secret_key_id, previous_secret, previous_secret_key_id,"
          + " previous_secret_until, earlier_secrets, closed_until, deleted_at, recovering_since,"
          + " recovering_until, recovered_to, created_at"
          + " from webhook_endpoints where deleted_at is null and ";
  String ONE = SELECT + "merchant_id = :merchantId and id = :id";

  Endpoint saveAndFlush(Endpoint endpoint);

  @NativeQuery(ONE)
  Optional<Endpoint> find(UUID merchantId, UUID id);

  @Transactional(propagation = Propagation.MANDATORY)
  @NativeQuery(ONE + " for update")
  Optional<Endpoint> lock(UUID merchantId, UUID id);

  /**
   * As {@link #lock}, but without waiting: empty also if another transaction has locked the row.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  @NativeQuery(ONE + " for update skip locked")
  Optional<Endpoint> lockUnlessLocked(UUID merchantId, UUID id);

  @NativeQuery(SELECT + "merchant_id = :merchantId")
  List<Endpoint> ofMerchant(UUID merchantId);

  @NativeQuery(SELECT + "merchant_id in (:merchantIds) and id in (:ids)")
  List<Endpoint> findAll(Collection<UUID> merchantIds, Collection<UUID> ids);

  @NativeQuery(SELECT + "merchant_id = :merchantId and id < :before order by id desc limit :limit")
  List<Endpoint> newestFirst(UUID merchantId, UUID before, int limit);

  /**
   * Endpoints with a secret that is sealed with another key than this one, in the order of their
   * ids.
   */
  @NativeQuery(
      SELECT
          + "id > :after and (secret_key_id <> :keyId or previous_secret_key_id <> :keyId"
          + " or earlier_secrets is not null) order by id limit :limit")
  List<Endpoint> notSealedWith(String keyId, UUID after, int limit);
}
