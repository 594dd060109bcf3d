package io.quittance.analytics.payment;

import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.analytics.pane.PaneStore;
import io.quittance.analytics.payment.DeltaPass.Slice;
import io.quittance.database.Dialect;
import io.quittance.database.OneByOne;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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
 * Deletes the deltas of payments and adds them to panes, in one transaction for each merchant.
 * Every replica runs it, without a leader; one replica at a time works on a merchant, and the
 * others skip it. A delta that fails delays no other and does not fail the roll-up; {@link
 * DeltaWatch} reports that it waits. Thread-safe.
 */
@Component
final class RollUp {

  private static final Logger log = LoggerFactory.getLogger(RollUp.class);

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

  private static final String NEXT =
      """
      select id, payload from analytics_payment_deltas
       where merchant_id = ? and id > ? order by id limit ?
      """;

  private static final String COUNT =
      "update analytics_roll_ups set events = events + ? where merchant_id = ?";

  private static final String DELETE =
      "delete from analytics_payment_deltas where merchant_id = ? and id = any(?)";

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final PaneStore panes;
  private final AnalyticsProperties properties;

  /** Where the next pass of a merchant starts, unless at the oldest delta. */
  private final Map<UUID, UUID> places = new ConcurrentHashMap<>();

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
    try (var _ = AnalyticsConnections.forJob()) {
      OneByOne.forEach(jdbc.queryForList(MERCHANTS, UUID.class), this::rollUpAll);
    }
  }

  private void rollUpAll(UUID merchantId) {
    UUID place = places.getOrDefault(merchantId, DeltaPass.FIRST);
    var pass = new DeltaPass(deltas(merchantId), place);
    try {
      pass.run();
      if (pass.left() != null) {
        warn(merchantId, pass.left());
      }
    } catch (RuntimeException e) {
      warn(merchantId, e);
      throw e;
    } finally {
      places.compute(
          merchantId, (_, _) -> pass.place().equals(DeltaPass.FIRST) ? null : pass.place());
    }
  }

  private static void warn(UUID merchantId, RuntimeException e) {
    log.warn(
        "Payments of {} could not be rolled up; the next run tries again: {}",
        TypeId.format("mch", merchantId),
        e.getMessage());
  }

  private DeltaPass.Source deltas(UUID merchantId) {
    return new DeltaPass.Source() {

      @Override
      public Slice take(UUID after, int limit) {
        Slice slice =
            transactions.execute(
                status -> alone(merchantId) ? add(merchantId, after, limit) : Slice.NONE);
        return slice == null ? Slice.NONE : slice;
      }

      @Override
      public @Nullable UUID next(UUID after) {
        return RollUp.this.next(merchantId, after, 1).stream()
            .map(StoredDelta::id)
            .findFirst()
            .orElse(null);
      }
    };
  }

  private List<StoredDelta> next(UUID merchantId, UUID after, int limit) {
    return jdbc.query(
        NEXT, (row, number) -> StoredDelta.of(merchantId, row), merchantId, after, limit);
  }

  /** Whether this replica has the merchant to itself until the end of the transaction. */
  private boolean alone(UUID merchantId) {
    if (lock(merchantId)) {
      return true;
    }
    // The row is locked, or it is this merchant's first roll-up.
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

  private Slice add(UUID merchantId, UUID after, int limit) {
    dialect.commitWithoutWaiting(jdbc);
    List<StoredDelta> rows = next(merchantId, after, limit);
    var ids = new ArrayList<UUID>();
    var deltas = new ArrayList<PaymentDelta>();
    @Nullable RuntimeException unreadable = null;
    for (StoredDelta row : rows) {
      try {
        deltas.add(row.read());
        ids.add(row.id());
      } catch (UnreadableDeltaException e) {
        unreadable = unreadable == null ? e : unreadable;
      }
    }
    if (!deltas.isEmpty()) {
      delete(merchantId, ids.toArray());
      add(merchantId, deltas);
    }
    return new Slice(rows.size() < limit ? null : rows.getLast().id(), unreadable);
  }

  private void delete(UUID merchantId, Object[] ids) {
    jdbc.update(
        DELETE,
        statement -> {
          statement.setObject(1, merchantId);
          statement.setArray(2, statement.getConnection().createArrayOf("uuid", ids));
        });
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
