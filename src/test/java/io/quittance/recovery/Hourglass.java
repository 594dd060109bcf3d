package io.quittance.recovery;

import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.UUID;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets the time of a payment that waits run out within moments: nobody can name less than a minute
 * for it, and most name none. Thread-safe.
 */
final class Hourglass {

  /** As whoever changes a payment does, so that no change of the service's is lost to this one. */
  private static final String LOCK_ACCOUNTS =
      """
      select a.id from payments p join accounts a
          on a.merchant_id = p.merchant_id and a.id in (p.payer, p.payee)
       where p.merchant_id = ? and p.id = ? order by a.id for update of a
      """;

  /** Only once: what has run out must not be given time again. */
  private static final String SHORTEN =
      """
      with shortened as (
        update payments set expires_at = clock_timestamp() + ? * interval '1 millisecond'
         where merchant_id = ? and id = ? and status in ('authorized', 'in_review')
           and expires_at > clock_timestamp() + interval '1 hour'
        returning merchant_id, hold_id, expires_at)
      update transfers t set expires_at = s.expires_at
        from shortened s where t.merchant_id = s.merchant_id and t.id = s.hold_id
      """;

  private final UUID merchantId;
  private final History history;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  Hourglass(UUID merchantId, Postgres.Database database, History history) {
    this.merchantId = merchantId;
    this.history = history;
    var transactions = new DataSourceTransactionManager(database.dataSource());
    this.jdbc = JdbcClient.create(transactions.getDataSource());
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Leaves the payment no more than this, unless it has ended. The database may be away. */
  void leave(Duration time, String paymentId) {
    UUID id = TypeId.require("pay", paymentId);
    try {
      Integer shortened = transaction.execute(status -> shorten(time, id));
      history.attempted(shortened == 0 ? "hourglass too late" : "hourglass turned");
    } catch (DataAccessException | TransactionException e) {
      history.attempted("hourglass broken");
    }
  }

  private int shorten(Duration time, UUID id) {
    jdbc.sql(LOCK_ACCOUNTS).param(merchantId).param(id).query(String.class).list();
    return jdbc.sql(SHORTEN).param(time.toMillis()).param(merchantId).param(id).update();
  }
}
