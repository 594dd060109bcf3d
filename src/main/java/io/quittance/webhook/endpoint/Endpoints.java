package io.quittance.webhook.endpoint;

import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** All webhook endpoints. */
public interface Endpoints extends Repository<Endpoint, UUID> {

  /** What names an endpoint. */
  interface Found {
    UUID getMerchantId();

    UUID getId();
  }

  Endpoint saveAndFlush(Endpoint endpoint);

  Optional<Endpoint> findByMerchantIdAndId(UUID merchantId, UUID id);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select e from Endpoint e where e.merchantId = :merchantId and e.id = :id")
  Optional<Endpoint> lock(UUID merchantId, UUID id);

  /**
   * As {@link #lock}, and empty also if another transaction has locked it: nothing is waited for.
   */
  @Query(
      value =
          "select * from webhook_endpoints where merchant_id = :merchantId and id = :id"
              + " for update skip locked",
      nativeQuery = true)
  Optional<Endpoint> lockUnlessLocked(UUID merchantId, UUID id);

  List<Endpoint> findByMerchantId(UUID merchantId);

  List<Endpoint> findByMerchantIdInAndIdIn(Collection<UUID> merchantIds, Collection<UUID> ids);

  @Query(
      "select e from Endpoint e where e.merchantId = :merchantId and e.id < :before"
          + " order by e.id desc")
  List<Endpoint> newestFirst(UUID merchantId, UUID before, Limit limit);

  /** Endpoints with a secret that another key than this one seals, in the order of their ids. */
  @Query(
      "select e.merchantId as merchantId, e.id as id from Endpoint e"
          + " where e.id > :after and (e.secretKeyId <> :keyId"
          + " or e.previousSecretKeyId <> :keyId or e.earlierSecrets is not null) order by e.id")
  List<Found> notSealedWith(String keyId, UUID after, Limit limit);
}
