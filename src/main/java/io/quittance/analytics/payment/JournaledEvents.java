package io.quittance.analytics.payment;

import io.quittance.analytics.pane.PaymentCounts;
import io.quittance.database.ReportConnections;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Compares what panes have of payments with what payments say of themselves, in one snapshot: each
 * payment knows how many events it has had. It reads all of a merchant's payments, so it is a
 * report. Thread-safe.
 */
@Component
final class JournaledEvents implements PaymentCounts {

  private static final String STORED =
      """
      select coalesce(sum(event_count), 0) from payments where merchant_id = ? and counted
      """;

  private static final String COUNTED =
      "select coalesce(sum(events), 0) from analytics_roll_ups where merchant_id = ?";

  private final JdbcTemplate reports;
  private final TransactionTemplate snapshot;
  private final PendingDeltas pending;

  JournaledEvents(ReportConnections connections, PendingDeltas pending) {
    this.reports = new JdbcTemplate(connections.pool());
    this.snapshot = new TransactionTemplate(new DataSourceTransactionManager(connections.pool()));
    this.snapshot.setReadOnly(true);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.pending = pending;
  }

  @Override
  public Counts of(UUID merchantId) {
    return snapshot.execute(
        status ->
            new Counts(
                count(STORED, merchantId),
                count(COUNTED, merchantId) + pending.events(reports, merchantId)));
  }

  private long count(String sql, UUID merchantId) {
    Long count = reports.queryForObject(sql, Long.class, merchantId);
    return count == null ? 0 : count;
  }
}
