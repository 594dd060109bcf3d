package io.quittance.payment.batch.store;

import static java.util.stream.Collectors.toSet;

import io.quittance.journal.AccountKey;
import io.quittance.journal.Table;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.payment.EventType;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The batches that one transaction of the journal starts or ends. Confined to the journal's thread.
 */
public final class PaymentBatchRows implements Table {

  @Component
  @Order(64)
  static final class Factory implements Table.Factory {
    @Override
    public Table open(UnitOfWork unit) {
      return new PaymentBatchRows(unit);
    }
  }

  /** No account has such an id. */
  private static final String LOCK_NAME = "batch ";

  private static final String ROW =
      "select * from payment_batches where merchant_id = ? and id = ?";

  private static final String EXISTS =
      "select 1 from payment_batches where merchant_id = ? and id = ?";

  private static final String LOCK = EXISTS + " for update";

  private static final String LOCK_IF_FREE = LOCK + " skip locked";

  private record Key(UUID merchantId, UUID id) {}

  private final UnitOfWork unit;
  private final Set<Key> wanted = new LinkedHashSet<>();
  private final Map<Key, StoredBatch> known = new HashMap<>();
  private final Map<Key, StoredBatch> changed = new LinkedHashMap<>();
  private final List<StoredBatch> added = new ArrayList<>();
  private final List<BatchSql.Row> items = new ArrayList<>();

  private PaymentBatchRows(UnitOfWork unit) {
    this.unit = unit;
  }

  /** The name by which the journal locks a batch, as it locks accounts. */
  static String lockOf(StoredBatch batch) {
    return LOCK_NAME + batch.id();
  }

  /** Announces a stored batch; its command locks it. */
  public void request(StoredBatch batch) {
    wanted.add(key(batch));
  }

  /** A batch that was announced, as it is now; empty if another run has started. */
  public Optional<StoredBatch> present(StoredBatch seen) {
    return current(seen).filter(now -> now.run().number() == seen.run().number());
  }

  /** A batch that was announced, as it is now, whichever run it is in. */
  public Optional<StoredBatch> current(StoredBatch seen) {
    return Optional.ofNullable(known.get(key(seen)));
  }

  /** Stores the new state of a batch. */
  public void change(StoredBatch batch) {
    known.put(key(batch), batch);
    changed.put(key(batch), batch);
  }

  /** Adds a batch whose items have ended already. */
  public void add(StoredBatch batch, List<BatchSql.Row> ended) {
    added.add(batch);
    items.addAll(ended);
  }

  /** Adds the event that the batch has ended. */
  public void tell(StoredBatch batch) {
    unit.table(PaymentEvents.class)
        .add(
            new PaymentEvent(
                batch.merchantId(),
                TypeId.next(),
                null,
                batch.id(),
                batch.rests(),
                EventType.PAYMENT_BATCH_ENDED,
                unit.now(),
                PaymentBatchBody.from(batch)));
  }

  private static Key key(StoredBatch batch) {
    return new Key(batch.merchantId(), batch.id());
  }

  /** Locks the rows, because running batches update their counts outside of the journal. */
  @Override
  public Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> keys) {
    return keys.stream()
        .filter(PaymentBatchRows::isBatch)
        .filter(key -> !finds(jdbc, LOCK_IF_FREE, key) && finds(jdbc, EXISTS, key))
        .collect(toSet());
  }

  @Override
  public void awaitLock(JdbcOperations jdbc, AccountKey key) {
    if (isBatch(key)) {
      finds(jdbc, LOCK, key);
    }
  }

  private static boolean isBatch(AccountKey key) {
    return key.id().startsWith(LOCK_NAME);
  }

  private static boolean finds(JdbcOperations jdbc, String sql, AccountKey key) {
    UUID id = UUID.fromString(key.id().substring(LOCK_NAME.length()));
    return !jdbc.queryForList(sql, Integer.class, key.merchantId(), id).isEmpty();
  }

  @Override
  public void load(JdbcOperations jdbc) {
    for (Key key : wanted) {
      jdbc.query(ROW, (rs, _) -> BatchSql.batch(rs), key.merchantId(), key.id())
          .forEach(batch -> known.put(key, batch));
    }
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes.insert(BatchSql.BATCHES, added);
    writes.insert(BatchSql.ENDED_ITEMS, items);
    writes.update(BatchSql.BATCHES, changed.values());
  }
}
