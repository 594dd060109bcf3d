package io.quittance.idempotency;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.journal.Table;
import io.quittance.journal.TableColumns;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.web.ProblemCode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The keys that a journal transaction claims, and the records of those that are taken. The table's
 * primary key decides: if another replica claims a key meanwhile, the transaction is retried and
 * finds it.
 */
public final class IdempotencyKeys implements Table {

  private static final String FIND =
      """
      select k.merchant_id, k.operation, k.idempotency_key, k.fingerprint, k.object_id, k.refusal,
             k.detail, k.runs_until
        from unnest(cast(? as uuid array), cast(? as varchar array), cast(? as varchar array))
               as wanted(merchant_id, operation, idempotency_key)
        join idempotency_keys k
          on k.merchant_id = wanted.merchant_id
         and k.operation = wanted.operation
         and k.idempotency_key = wanted.idempotency_key
      """;

  private record Claim(KeyedRequest request, KeyRecord record, Instant claimedAt) {}

  private static final TableColumns<Claim> TABLE =
      TableColumns.<Claim>of("idempotency_keys")
          .key("merchant_id", "uuid", claim -> claim.request().merchantId())
          .key("operation", "varchar", claim -> claim.request().operation())
          .key("idempotency_key", "varchar", claim -> claim.request().key())
          .fixed("fingerprint", "varchar", claim -> claim.request().fingerprint())
          .fixed("object_id", "uuid", claim -> claim.record().objectId())
          .fixed("refusal", "varchar", claim -> claim.record().refusal())
          .fixed("detail", "varchar", claim -> claim.record().detail())
          .fixed("runs_until", "timestamp", claim -> claim.record().runsUntil())
          .fixed("created_at", "timestamp", Claim::claimedAt)
          .build();

  @Component
  @Order(10)
  static final class Factory implements Table.Factory {

    private final Dialect dialect;
    private final Clocks clocks;

    Factory(Dialect dialect, Clocks clocks) {
      this.dialect = dialect;
      this.clocks = clocks;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new IdempotencyKeys(dialect, clocks);
    }
  }

  private final Dialect dialect;
  private final Clocks clocks;
  private final Set<KeyedRequest.Id> wanted = new LinkedHashSet<>();
  private final Map<KeyedRequest.Id, KeyRecord> known = new HashMap<>();
  private final List<Claim> claims = new ArrayList<>();

  private IdempotencyKeys(Dialect dialect, Clocks clocks) {
    this.dialect = dialect;
    this.clocks = clocks;
  }

  /** Announces a key that may be claimed. */
  public void request(KeyedRequest request) {
    wanted.add(request.id());
  }

  /** The record of a key that is taken, in this transaction or in the database. */
  public Optional<KeyRecord> holder(KeyedRequest request) {
    return Optional.ofNullable(known.get(request.id()));
  }

  /** Stores an object under the key. */
  public void claim(KeyedRequest request, UUID objectId, Instant runsUntil) {
    claim(request, objectId, runsUntil, null);
  }

  /** As above, with a detail for the answer to a repetition. */
  public void claim(
      KeyedRequest request, UUID objectId, Instant runsUntil, @Nullable String detail) {
    add(request, new KeyRecord(request.fingerprint(), objectId, null, detail, runsUntil));
  }

  /** Stores a refusal under the key. */
  public void refuse(KeyedRequest request, ProblemCode code, String detail, Instant now) {
    refuse(request, code, detail, null, now);
  }

  /** As above, for a refusal because of an existing object. */
  public void refuse(
      KeyedRequest request, ProblemCode code, String detail, @Nullable UUID rival, Instant now) {
    add(request, new KeyRecord(request.fingerprint(), rival, code.code(), detail, now));
  }

  /**
   * {@code created_at} is the later of both clocks, and {@link KeyRetention} deletes by the earlier
   * one, so a wrong clock that is corrected never makes a young key look old.
   */
  private void add(KeyedRequest request, KeyRecord record) {
    claims.add(new Claim(request, record, clocks.later()));
    known.put(request.id(), record);
  }

  @Override
  public void load(JdbcOperations jdbc) {
    if (!wanted.isEmpty()) {
      known.putAll(find(jdbc, dialect, wanted));
    }
  }

  /** Finds the records of keys, in one query. */
  static Map<KeyedRequest.Id, KeyRecord> find(
      JdbcOperations jdbc, Dialect dialect, Collection<KeyedRequest.Id> ids) {
    Map<KeyedRequest.Id, KeyRecord> found = new HashMap<>();
    jdbc.query(
        FIND + dialect.ofMerchants("k"),
        statement -> {
          bindIds(statement, ids);
          dialect.bindMerchants(statement, 4, ids, KeyedRequest.Id::merchantId);
        },
        rs -> {
          found.put(KeyedRequest.Id.read(rs), record(rs));
        });
    return found;
  }

  /** Binds the first three parameters: the ids of keys, as arrays. */
  static void bindIds(PreparedStatement statement, Collection<KeyedRequest.Id> ids)
      throws SQLException {
    bind(statement, 1, "uuid", ids, KeyedRequest.Id::merchantId);
    bind(statement, 2, "varchar", ids, KeyedRequest.Id::operation);
    bind(statement, 3, "varchar", ids, KeyedRequest.Id::key);
  }

  private static KeyRecord record(ResultSet rs) throws SQLException {
    return new KeyRecord(
        rs.getString("fingerprint"),
        rs.getObject("object_id", UUID.class),
        rs.getString("refusal"),
        rs.getString("detail"),
        Instants.read(rs, "runs_until"));
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes.insert(TABLE, claims);
  }
}
