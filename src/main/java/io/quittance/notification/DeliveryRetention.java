package io.quittance.notification;

import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Forgets deliveries that ended long ago, with their attempts, a few at a time. Every replica does;
 * what one has deleted the others do not find.
 */
@Component
final class DeliveryRetention {

  private static final Logger log = LoggerFactory.getLogger(DeliveryRetention.class);
  private static final int DELIVERIES_PER_BATCH = 500;
  private static final int BATCHES_PER_SWEEP = 20;

  private static final String OLD =
      """
      select id from deliveries
       where state <> 'pending'
         and created_at < current_timestamp - cast(? as bigint) * interval '1' second
       limit ?
      """;

  private static final String DELETE_ATTEMPTS =
      """
      delete from delivery_attempts
       where (merchant_id, delivery_id) in (
               select merchant_id, id from deliveries where id in (:ids))
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final NotificationProperties properties;

  DeliveryRetention(
      JdbcClient jdbc, PlatformTransactionManager transactions, NotificationProperties properties) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "PT1M", initialDelayString = "PT1M")
  void sweep() {
    try {
      int deleted = DELIVERIES_PER_BATCH;
      for (int batch = 0; batch < BATCHES_PER_SWEEP && deleted == DELIVERIES_PER_BATCH; batch++) {
        deleted = deleteOld();
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("Old deliveries could not be swept: {}", e.getMessage());
    }
  }

  /** Deletes one batch; says how many deliveries. */
  int deleteOld() {
    Integer deleted =
        transactions.execute(
            status -> {
              List<UUID> ids =
                  jdbc.sql(OLD)
                      .params(properties.retention().toSeconds(), DELIVERIES_PER_BATCH)
                      .query(UUID.class)
                      .list();
              if (!ids.isEmpty()) {
                jdbc.sql(DELETE_ATTEMPTS).param("ids", ids).update();
                jdbc.sql("delete from deliveries where id in (:ids)").param("ids", ids).update();
              }
              return ids.size();
            });
    return deleted == null ? 0 : deleted;
  }
}
