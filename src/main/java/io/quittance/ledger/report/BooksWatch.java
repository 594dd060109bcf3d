package io.quittance.ledger.report;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.ReportConnections;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Checks periodically, on the connection of watches, whether the balances of each merchant's
 * accounts in one currency sum to zero, and exports how many do not. It does not read entries; the
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

  private final ReportConnections connections;
  private volatile double unbalanced = Double.NaN;

  BooksWatch(ReportConnections connections, MeterRegistry registry) {
    this.connections = connections;
    Gauge.builder("quittance.ledger.unbalanced.books", () -> unbalanced)
        .description("Currencies of merchants whose balances do not sum to zero (must be 0)")
        .register(registry);
  }

  @Scheduled(
      initialDelayString = "PT1M",
      fixedDelayString = "${quittance.ledger.check-interval:1h}")
  void look() {
    try {
      unbalanced = connections.watch(jdbc -> jdbc.queryForObject(UNBALANCED, Long.class));
    } catch (RuntimeException e) {
      unbalanced = Double.NaN;
      throw e;
    }
  }
}
