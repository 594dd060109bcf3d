package io.quittance.analytics.payment;

import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.Labels;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The proof that panes, with what is pending, are what the payments are, at any moment. */
public final class PanesAudit {

  /** How many payments of one kind, and what they come to. */
  private record Sums(long count, BigDecimal amount) {

    private static final Sums NONE = new Sums(0, BigDecimal.ZERO);

    Sums plus(long more, BigDecimal moreAmount) {
      return new Sums(count + more, amount.add(moreAmount));
    }

    boolean nothing() {
      return count == 0 && amount.signum() == 0;
    }
  }

  private final JdbcTemplate jdbc;
  private final TransactionTemplate snapshot;

  public PanesAudit(DataSource database) {
    jdbc = new JdbcTemplate(database);
    snapshot = new TransactionTemplate(new DataSourceTransactionManager(database));
    snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
  }

  static AnalyticsProperties properties(Map<String, Object> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("quittance.analytics", AnalyticsProperties.class);
  }

  /** What the panes have that the payments are not, and the other way round. */
  public List<String> violations() {
    return Objects.requireNonNull(
        snapshot.execute(
            status -> {
              Map<String, Sums> stored = stored();
              Map<String, Sums> counted = counted();
              var violations = new ArrayList<String>();
              var all = new TreeMap<>(stored);
              all.putAll(counted);
              for (String kind : all.keySet()) {
                Sums is = stored.getOrDefault(kind, Sums.NONE);
                Sums shown = counted.getOrDefault(kind, Sums.NONE);
                if (is.count() != shown.count() || is.amount().compareTo(shown.amount()) != 0) {
                  violations.add("payments of %s: %s, in panes %s".formatted(kind, is, shown));
                }
              }
              return violations;
            }));
  }

  private Map<String, Sums> stored() {
    Map<String, Sums> sums = new TreeMap<>();
    jdbc.query(
        "select merchant_id, currency, status, count(*) as n, sum(amount) as amount"
            + " from payments where counted group by merchant_id, currency, status",
        row -> {
          sums.put(
              kind(
                  row.getObject("merchant_id", UUID.class),
                  row.getString("currency"),
                  row.getString("status")),
              new Sums(row.getLong("n"), row.getBigDecimal("amount")));
        });
    return sums;
  }

  private Map<String, Sums> counted() {
    Map<String, Sums> sums = new TreeMap<>();
    jdbc.query(
        "select merchant_id, labels, occurrences, amount from analytics_panes"
            + " where metric = ? and step = 3600",
        row -> {
          add(
              sums,
              row.getObject("merchant_id", UUID.class),
              new Labels(row.getString("labels")),
              row.getLong("occurrences"),
              row.getBigDecimal("amount"));
        },
        PaymentPanes.PAYMENTS);
    var pending = new PendingDeltas(properties(Map.of()));
    for (UUID merchant :
        jdbc.queryForList(
            "select distinct merchant_id from analytics_payment_deltas", UUID.class)) {
      pending
          .read(jdbc, merchant)
          .forEach(
              (key, delta) -> {
                if (key.metric().equals(PaymentPanes.PAYMENTS)) {
                  add(
                      sums,
                      merchant,
                      key.labels(),
                      delta.totalOccurrences(),
                      new BigDecimal(delta.totalAmount()));
                }
              });
    }
    sums.values().removeIf(Sums::nothing);
    return sums;
  }

  private static void add(
      Map<String, Sums> sums, UUID merchant, Labels labels, long count, BigDecimal amount) {
    Map<String, String> values = labels.values();
    sums.merge(
        kind(
            merchant,
            Objects.requireNonNull(values.get(PaymentPanes.CURRENCY)),
            Objects.requireNonNull(values.get(PaymentPanes.STATUS))),
        new Sums(count, amount),
        (some, more) -> some.plus(more.count(), more.amount()));
  }

  private static String kind(UUID merchant, String currency, String status) {
    return "%s %s %s".formatted(merchant, currency, status);
  }
}
