package io.quittance.ledger.report;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.ReportConnections;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Looks now and then, on a report's connection, whether the balances of each merchant's accounts in
 * one currency sum to zero, and tells Prometheus how many do not. It does not read entries; the
 * trial balance of a merchant does. Thread-safe.
 */
@Component
class BooksWatch {

  private static final String UNBALANCED =
      """
      select count(*) from (
        select merchant_id, currency from accounts
         group by merchant_id, currency having sum(posted) <> 0) unbalanced
      """;

  private final JdbcTemplate jdbc;
  private volatile double unbalanced = Double.NaN;

  BooksWatch(ReportConnections connections, MeterRegistry registry) {
    this.jdbc = new JdbcTemplate(connections.pool());
    Gauge.builder("quittance.ledger.unbalanced.books", () -> unbalanced)
        .description("Currencies of merchants whose balances do not sum to zero (must be 0)")
        .register(registry);
  }

  @Scheduled(
      initialDelayString = "PT1M",
      fixedDelayString = "${quittance.ledger.check-interval:1h}")
  void look() {
    try {
      Long found = jdbc.queryForObject(UNBALANCED, Long.class);
      unbalanced = found == null ? Double.NaN : found;
    } catch (DataAccessException e) {
      unbalanced = Double.NaN;
      throw e;
    }
  }
}
