package io.quittance.idempotency;

import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.web.ResolvesBy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The keys of requests that have stored nothing yet, because their commands wait for a lock. Their
 * replica stores them here, so that another replica does not tell a repetition that nothing
 * happened. Rows of a replica that has died count until the request cannot be applied any more.
 * Thread-safe.
 */
@Component
final class WaitingKeys {

  private static final String INSERT =
      """
      insert into idempotency_keys_waiting (merchant_id, operation, idempotency_key, request_id,
          replica_id, fingerprint, runs_until, kept_until)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String DELETE =
      """
      delete from idempotency_keys_waiting
       where merchant_id = ? and operation = ? and idempotency_key = ? and request_id = ?
      """;

  /** Without this replica's own, which it knows. */
  private static final String FIND =
      """
      select w.merchant_id, w.operation, w.idempotency_key, w.fingerprint, w.runs_until
        from unnest(cast(? as uuid array), cast(? as varchar array), cast(? as varchar array))
               as wanted(merchant_id, operation, idempotency_key)
        join idempotency_keys_waiting w
          on w.merchant_id = wanted.merchant_id
         and w.operation = wanted.operation
         and w.idempotency_key = wanted.idempotency_key
         and w.replica_id <> ?
         and w.kept_until > current_timestamp
      """;

  private final UUID replicaId = UUID.randomUUID();
  private final JdbcOperations jdbc;
  private final Dialect dialect;
  private final Clocks clocks;
  private final ResolvesBy resolvesBy;

  WaitingKeys(JdbcOperations jdbc, Dialect dialect, Clocks clocks, ResolvesBy resolvesBy) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.clocks = clocks;
    this.resolvesBy = resolvesBy;
  }

  void insert(List<RunningRequest> requests) {
    jdbc.batchUpdate(
        INSERT,
        requests,
        Math.max(1, requests.size()),
        (statement, running) -> {
          Duration left = running.deadline().remaining();
          bindKey(statement, running);
          statement.setObject(5, replicaId);
          statement.setString(6, running.request().fingerprint());
          statement.setObject(7, Instants.parameter(clocks.later().plus(left)));
          statement.setObject(8, Instants.parameter(resolvesBy.after(left)));
        });
  }

  void delete(List<RunningRequest> requests) {
    jdbc.batchUpdate(DELETE, requests, Math.max(1, requests.size()), WaitingKeys::bindKey);
  }

  /** Binds the first four parameters, the table's key. */
  private static void bindKey(PreparedStatement statement, RunningRequest running)
      throws SQLException {
    KeyedRequest request = running.request();
    statement.setObject(1, request.merchantId());
    statement.setString(2, request.operation());
    statement.setString(3, request.key());
    statement.setObject(4, running.id());
  }

  /** Finds the requests of other replicas that wait under these keys. */
  Map<KeyedRequest.Id, KeyRecord> find(JdbcOperations connection, Collection<KeyedRequest.Id> ids) {
    Map<KeyedRequest.Id, KeyRecord> found = new HashMap<>();
    connection.query(
        FIND + dialect.ofMerchants("w"),
        statement -> {
          IdempotencyKeys.bindIds(statement, ids);
          statement.setObject(4, replicaId);
          dialect.bindMerchants(statement, 5, ids, KeyedRequest.Id::merchantId);
        },
        rs -> {
          found.put(
              KeyedRequest.Id.read(rs),
              KeyRecord.waiting(rs.getString("fingerprint"), Instants.read(rs, "runs_until")));
        });
    return found;
  }
}
