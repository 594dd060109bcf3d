package io.quittance.webhook.delivery;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The rows that say how attempts went: their own, and those of their deliveries, of which it skips
 * the ones that another transaction has locked. Thread-safe.
 */
final class AttemptRows {

  /** How many are sent to the database together. */
  static final int AT_ONCE = 256;

  /** A whole table that is locked; and a row, where rows that are locked are not passed over. */
  private static final Duration LOCK_LIMIT = Duration.ofMillis(100);

  private static final String ADD_ATTEMPT =
      """
      insert into delivery_attempts (merchant_id, delivery_id, id, started_at, duration_ms,
                                     http_status, error, excerpt)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  /**
   * Finds the row by its key and not by an index of waiting deliveries: see {@link
   * DeliveryQueue#CLAIM}.
   */
  static final String UPDATE_DELIVERY =
      """
      update deliveries
         set state = ?, attempts = attempts + 1, last_status = ?, last_error = ?,
             delivered_at = cast(? as timestamp with time zone),
             next_attempt_at = current_timestamp + cast(? as bigint) * interval '0.001' second
       where merchant_id = ? and id = ? and state not in ('delivered', 'dead')
      """;

  /** The same, but of a row that is locked it updates nothing, and does not wait. */
  static final String UPDATE_UNLOCKED =
      UPDATE_DELIVERY
          + """
             and id = (select id from deliveries
                        where merchant_id = ? and id = ? and state not in ('delivered', 'dead')
                          for update skip locked)
            """;

  /** Of those that were not updated, the ones that have not ended: another one has locked them. */
  private static final String OPEN =
      """
      select id from deliveries
       where merchant_id = ? and id = any(?) and state not in ('delivered', 'dead')
      """;

  private final JdbcTemplate jdbc;
  private final Dialect dialect;

  AttemptRows(JdbcTemplate jdbc, Dialect dialect) {
    this.jdbc = jdbc;
    this.dialect = dialect;
  }

  /**
   * Whether rows that are locked are skipped. On Citus and on H2 an inner query cannot do so, and a
   * locked row ends the transaction after 100 ms.
   */
  boolean skipsLocked() {
    return dialect.postgres() && !dialect.distributed();
  }

  /**
   * The deliveries that were not updated.
   *
   * @param locked those of whose attempts nothing was written
   * @param ended those that had ended before, as this replica sent for longer than its claim; their
   *     attempts were added
   */
  record Untouched(Set<UUID> locked, Set<UUID> ended) {}

  /** Writes attempts, in the caller's transaction. */
  Untouched write(Collection<Attempt> attempts) {
    dialect.limitLockWaits(jdbc, LOCK_LIMIT);
    dialect.commitWithoutWaiting(jdbc);
    List<Claimed> untouched = updateDeliveries(attempts);
    Set<UUID> locked = open(untouched);
    addAttempts(
        attempts.stream().filter(attempt -> !locked.contains(attempt.delivery().id())).toList());
    Set<UUID> ended =
        untouched.stream()
            .map(Claimed::id)
            .filter(id -> !locked.contains(id))
            .collect(toUnmodifiableSet());
    return new Untouched(locked, ended);
  }

  private void addAttempts(Collection<Attempt> attempts) {
    jdbc.batchUpdate(
        ADD_ATTEMPT,
        attempts,
        AT_ONCE,
        (statement, attempt) -> {
          statement.setObject(1, attempt.delivery().merchantId());
          statement.setObject(2, attempt.delivery().id());
          statement.setObject(3, TypeId.next());
          statement.setObject(4, Instants.parameter(attempt.startedAt()));
          statement.setInt(5, Math.toIntExact(attempt.took().toMillis()));
          statement.setObject(6, attempt.status());
          statement.setString(7, attempt.error());
          statement.setString(8, attempt.excerpt());
        });
  }

  /** The attempts whose deliveries were not updated, because they have ended or are locked. */
  private List<Claimed> updateDeliveries(Collection<Attempt> attempts) {
    boolean skips = skipsLocked();
    var claimed = attempts.stream().map(Attempt::delivery).iterator();
    int[][] updated =
        jdbc.batchUpdate(
            skips ? UPDATE_UNLOCKED : UPDATE_DELIVERY,
            attempts,
            AT_ONCE,
            (statement, attempt) -> {
              Instant end = attempt.startedAt().plus(attempt.took());
              @Nullable Duration pause = attempt.pause();
              statement.setString(1, attempt.state());
              statement.setObject(2, attempt.status());
              statement.setString(3, attempt.error());
              statement.setObject(4, attempt.succeeded() ? Instants.parameter(end) : null);
              statement.setLong(5, pause == null ? 0 : pause.toMillis());
              statement.setObject(6, attempt.delivery().merchantId());
              statement.setObject(7, attempt.delivery().id());
              if (skips) {
                statement.setObject(8, attempt.delivery().merchantId());
                statement.setObject(9, attempt.delivery().id());
              }
            });
    List<Claimed> untouched = new ArrayList<>();
    for (int count : Arrays.stream(updated).flatMapToInt(Arrays::stream).toArray()) {
      Claimed delivery = claimed.next();
      if (count == 0) {
        untouched.add(delivery);
      }
    }
    return untouched;
  }

  private Set<UUID> open(List<Claimed> deliveries) {
    Map<UUID, List<UUID>> byMerchant =
        deliveries.stream()
            .collect(groupingBy(Claimed::merchantId, mapping(Claimed::id, toList())));
    Set<UUID> open = new HashSet<>();
    byMerchant.forEach(
        (merchantId, ids) ->
            jdbc.query(
                OPEN,
                statement -> {
                  statement.setObject(1, merchantId);
                  ArrayParameters.bindIds(statement, 2, ids);
                },
                row -> {
                  open.add(row.getObject("id", UUID.class));
                }));
    return open;
  }
}
