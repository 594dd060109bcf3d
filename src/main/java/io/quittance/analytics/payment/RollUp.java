package io.quittance.analytics.payment;

import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.analytics.pane.PaneStore;
import io.quittance.database.OneByOne;
import io.quittance.journal.Dialect;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes the deltas of payments and adds them to the panes, in one transaction for each merchant:
 * either both happen or neither does. Every replica does so, without a leader; one at a time does
 * for a merchant, and the others pass that one over. Thread-safe.
 */
@Component
final class RollUp {

  private static final Logger log = LoggerFactory.getLogger(RollUp.class);

  /** What one transaction takes at most, so that it stays short. */
  private static final int DELTAS_MAX = 2_000;

  private static final String MERCHANTS =
      "select distinct merchant_id from analytics_payment_deltas";

  private static final String LOCK =
      "select merchant_id from analytics_roll_ups where merchant_id = ? for update skip locked";

  private static final String REGISTER =
      "insert into analytics_roll_ups (merchant_id) values (?) on conflict do nothing";

  private static final String REGISTER_ON_H2 =
      """
      insert into analytics_roll_ups (merchant_id)
      select m.id from merchants m
       where m.id = ? and not exists (select 1 from analytics_roll_ups r where r.merchant_id = m.id)
      """;

  private static final String TAKE =
      """
      select id, payload from analytics_payment_deltas where merchant_id = ? order by id limit ?
      """;

  private static final String COUNT =
      "update analytics_roll_ups set events = events + ? where merchant_id = ?";

  private static final String DELETE =
      "delete from analytics_payment_deltas where merchant_id = ? and id = any(?)";

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Taken(UUID id, byte[] payload) {}

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final PaneStore panes;
  private final AnalyticsProperties properties;

  RollUp(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      PaneStore panes,
      AnalyticsProperties properties) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.dialect = dialect;
    this.panes = panes;
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "${quittance.analytics.roll-up-interval:2s}")
  void rollUp() {
    OneByOne.forEach(jdbc.queryForList(MERCHANTS, UUID.class), this::rollUpAll);
  }

  private void rollUpAll(UUID merchantId) {
    try {
      int taken = DELTAS_MAX;
      while (taken == DELTAS_MAX) {
        taken = rollUp(merchantId);
      }
    } catch (RuntimeException e) {
      log.warn(
          "Payments of {} could not be rolled up, and will be later: {}",
          TypeId.format("mch", merchantId),
          e.getMessage());
      throw e;
    }
  }

  /** Rolls up the oldest of a merchant's deltas; says how many, 0 if another replica is at it. */
  int rollUp(UUID merchantId) {
    Integer taken = transactions.execute(status -> alone(merchantId) ? add(merchantId) : 0);
    return taken == null ? 0 : taken;
  }

  /** Until the end of the transaction. */
  private boolean alone(UUID merchantId) {
    if (lock(merchantId)) {
      return true;
    }
    // It is there and locked, or it is this merchant's first time.
    try {
      return jdbc.update(dialect.either(REGISTER, REGISTER_ON_H2), merchantId) == 1;
    } catch (DuplicateKeyException e) {
      // On H2: another replica was faster.
      return false;
    }
  }

  private boolean lock(UUID merchantId) {
    return !jdbc.queryForList(LOCK, UUID.class, merchantId).isEmpty();
  }

  private int add(UUID merchantId) {
    dialect.commitWithoutWaiting(jdbc);
    List<Taken> taken =
        jdbc.query(
            TAKE,
            (row, number) -> new Taken(row.getObject("id", UUID.class), row.getBytes("payload")),
            merchantId,
            DELTAS_MAX);
    if (taken.isEmpty()) {
      return 0;
    }
    Object[] ids = taken.stream().map(Taken::id).toArray();
    jdbc.update(
        DELETE,
        statement -> {
          statement.setObject(1, merchantId);
          statement.setArray(2, statement.getConnection().createArrayOf("uuid", ids));
        });
    add(
        merchantId,
        taken.stream().map(row -> DeltaReader.read(merchantId, row.payload())).toList());
    return taken.size();
  }

  private void add(UUID merchantId, List<PaymentDelta> deltas) {
    LabelLimits limits = LabelLimits.load(jdbc, merchantId, properties.maxLabelValues());
    var sums = new PaneDeltas();
    deltas.forEach(delta -> PaymentPanes.add(delta, limits, sums));
    limits.store(jdbc);
    jdbc.update(COUNT, deltas.stream().mapToLong(PaymentDelta::events).sum(), merchantId);
    Instant now = dialect.now(jdbc);
    jdbc.execute(
        (ConnectionCallback<Void>)
            connection -> {
              panes.add(connection, sums, now);
              return null;
            });
  }
}
