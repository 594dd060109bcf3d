package io.quittance.payment.batch.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.database.Instants;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.store.BatchProgress.Change;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Progress that is written twice, and leases while something hangs. */
class PaymentBatchRowsIT {

  private static final int ITEMS = 10;

  private static final String LOCK_ONE = "select 1 from payment_batches where id = ? for update";

  private static final ItemResult PAID =
      new ItemResult(ItemStatus.SUCCEEDED, TypeId.next(), null, null);

  private final Postgres.Database server = Postgres.create().migrated();
  private final DataSource database = waitingForLocks(server);
  private final JdbcTemplate jdbc = new JdbcTemplate(database);
  private final DataSourceTransactionManager transactions =
      new DataSourceTransactionManager(database);
  private final BatchLeases leases;
  private final BatchStore store;
  private final BatchProgress progress;

  PaymentBatchRowsIT() throws SQLException {
    var dialect = new Dialect(database);
    leases = new BatchLeases(jdbc, dialect, transactions);
    store = new BatchStore(jdbc, dialect, transactions);
    progress = new BatchProgress(jdbc, dialect, transactions);
  }

  private static DataSource waitingForLocks(Postgres.Database database) {
    return new Postgres.Database(database.url() + "&options=-c%20lock_timeout=2s").dataSource();
  }

  /** Its commit may have come about though its answer was lost. */
  @Test
  void countsNothingTwiceThatIsWrittenTwice() {
    StoredBatch batch = batch(UUID.randomUUID(), Duration.ofSeconds(3));
    progress.record(batch, List.of(), new int[] {0, 3}, true);
    List<Change> ended = ends(0, 3);

    progress.record(batch, ended, new int[] {4, 9}, true);
    progress.record(batch, ended, new int[] {4, 9}, true);

    assertThat(counts(batch)).isEqualTo(new BatchCounts(ITEMS, 4, 0, 0, 0, 0, 6, 0, 0));
    progress.record(batch, ends(0, 9), null, true);
    assertThat(counts(batch)).isEqualTo(new BatchCounts(ITEMS, ITEMS, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void writesNothingForAnotherRun() {
    StoredBatch batch = batch(UUID.randomUUID(), Duration.ofSeconds(-1));
    StoredBatch taken = leases.take(batch).orElseThrow();

    assertThatThrownBy(() -> progress.record(batch, List.of(), new int[] {0, 3}, true))
        .isInstanceOf(LeaseLostException.class);

    assertThat(counts(batch)).isEqualTo(new BatchCounts(ITEMS, 0, 0, 0, 0, 0, 0, 0, ITEMS));
    progress.record(taken, List.of(), new int[] {0, 3}, true);
    assertThat(counts(batch).processing()).isEqualTo(4);
  }

  /** A replica that hangs in a transaction keeps its batch, and nobody waits for that. */
  @Test
  void takesNoBatchWhoseRowIsLocked() throws SQLException {
    StoredBatch batch = batch(UUID.randomUUID(), Duration.ofSeconds(-1));
    try (Connection hanging = server.locking("select 1 from payment_batches for update")) {

      assertThat(leases.take(batch)).isEmpty();

      hanging.rollback();
    }
    assertThat(leases.take(batch)).isPresent();
  }

  /** One row that somebody has locked would cost all batches of the replica their leases. */
  @Test
  void renewsTheLeasesBesideARowThatIsLocked() throws SQLException {
    StoredBatch locked = batch(UUID.randomUUID(), Duration.ofSeconds(1));
    StoredBatch other = batch(UUID.randomUUID(), Duration.ofSeconds(1));
    try (Connection hanging = server.locking(LOCK_ONE, locked.id())) {

      leases.renew(List.of(locked, other));

      assertThat(current(other).run().leaseUntil()).isAfter(other.run().leaseUntil());
      assertThat(current(locked).run().leaseUntil()).isEqualTo(locked.run().leaseUntil());
      hanging.rollback();
    }
  }

  @Test
  void renewsTheLeaseWithTheProgress() {
    StoredBatch batch = batch(UUID.randomUUID(), Duration.ofSeconds(1));

    progress.record(batch, List.of(), new int[] {0, 3}, true);

    assertThat(current(batch).run().leaseUntil()).isAfter(batch.run().leaseUntil());
  }

  @Test
  void findsWhatIsBehindTheManyBatchesOfOneMerchant() {
    UUID busy = UUID.randomUUID();
    IntStream.range(0, 3).forEach(_ -> batch(busy, Duration.ofMinutes(-1)));
    StoredBatch behind = batch(UUID.randomUUID(), Duration.ofSeconds(-1));

    assertThat(leases.abandoned(true, Set.of(), 3))
        .extracting(StoredBatch::merchantId)
        .containsOnly(busy);
    assertThat(leases.abandoned(true, Set.of(busy), 3))
        .extracting(StoredBatch::id)
        .containsExactly(behind.id());
  }

  /** A newer version wrote them, and was rolled back. */
  @Test
  void findsWhatIsBehindBatchesThatCannotBeRead() {
    for (int i = 0; i < 4; i++) {
      StoredBatch unreadable = batch(UUID.randomUUID(), Duration.ofMinutes(-10));
      jdbc.update("update payment_batches set mode = 'later' where id = ?", unreadable.id());
    }
    StoredBatch behind = batch(UUID.randomUUID(), Duration.ofMinutes(-9));

    assertThat(leases.abandoned(true, Set.of(), 2))
        .extracting(StoredBatch::id)
        .containsExactly(behind.id());
    jdbc.update("update payment_batches set status = 'preparing'");
    assertThat(leases.unpublished(10)).hasSize(5);
  }

  /** Whether it cannot be read, or is renewed by a replica that does not end it. */
  @Test
  void tellsForHowLongABatchIsLeftOpenBeyondItsDeadline() throws SQLException {
    var registry = new SimpleMeterRegistry();
    var watch = new BatchWatch(jdbc, new Dialect(database), registry);
    Gauge oldest = registry.get("quittance.batches.oldest.left.open").gauge();
    assertThat(oldest.value()).isNaN();
    batch(UUID.randomUUID(), Duration.ofMinutes(-10));

    watch.check();
    assertThat(oldest.value()).as("one whose deadline has not passed").isZero();

    StoredBatch unreadable = batch(UUID.randomUUID(), Duration.ofSeconds(3));
    jdbc.update(
        "update payment_batches set mode = 'later', ends_at = ends_at - interval '2 hours' where id = ?",
        unreadable.id());
    watch.check();
    assertThat(oldest.value()).isBetween(6_500.0, 6_660.0);

    jdbc.update("update payment_batches set status = 'completed'");
    watch.check();
    assertThat(oldest.value()).isZero();
  }

  /** After a fail-over to a server whose clock is ahead, all leases seem to be over for long. */
  @Test
  @Proves("the clock of the database is ahead")
  void discardsNoBatchBecauseTheDatabasesClockIsAhead() throws SQLException {
    batch(UUID.randomUUID(), Duration.ofHours(-1));
    jdbc.update("update payment_batches set status = 'preparing'");
    var replica = new Clocks(Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
    var dialect = new Dialect(database, Distribution.NONE, replica);

    assertThat(new BatchLeases(jdbc, dialect, transactions).unpublished(10)).isEmpty();
    assertThat(leases.unpublished(10)).hasSize(1);
  }

  /** A batch of ten thousand items would keep a connection for seconds. */
  @Test
  void storesManyItemsInSeveralTransactions() {
    StoredBatch batch = preparing(UUID.randomUUID());

    store.prepare(batch, items(1_100));

    assertThat(number("select count(*) from payment_batch_items")).isEqualTo(1_100);
    assertThat(number("select count(distinct xmin::text) from payment_batch_items")).isEqualTo(3);
  }

  @Test
  void storesNoMoreItemsOfABatchThatWasDiscarded() {
    StoredBatch batch = preparing(UUID.randomUUID());
    var discardedInTheMiddle =
        new AbstractList<BatchPayments.Asked>() {
          @Override
          public BatchPayments.Asked get(int index) {
            return new BatchPayments.Asked("r" + index, "{}");
          }

          /** Looked at between two transactions, too. */
          @Override
          public int size() {
            if (number("select count(*) from payment_batch_items") > 0) {
              store.discard(batch.merchantId(), batch.id());
            }
            return 1_100;
          }
        };

    assertThatThrownBy(() -> store.prepare(batch, discardedInTheMiddle))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.OVERLOADED));

    assertThat(number("select count(*) from payment_batch_items")).isZero();
  }

  private int number(String sql) {
    return Objects.requireNonNull(jdbc.queryForObject(sql, Integer.class));
  }

  private StoredBatch preparing(UUID merchantId) {
    return StoredBatch.preparing(
        merchantId,
        new StoredBatch.Asked(BatchMode.INDEPENDENT, FailurePolicy.CONTINUE, null, "{}"),
        ITEMS,
        true,
        Deadline.after(Duration.ofMinutes(10)),
        store.now(merchantId));
  }

  private static List<BatchPayments.Asked> items(int count) {
    return IntStream.range(0, count).mapToObj(i -> new BatchPayments.Asked("r" + i, "{}")).toList();
  }

  private StoredBatch batch(UUID merchantId, Duration lease) {
    StoredBatch batch = preparing(merchantId);
    store.prepare(batch, items(ITEMS));
    jdbc.update(
        "update payment_batches set status = 'processing', lease_until = ? where id = ?",
        Instants.parameter(store.now(merchantId).plus(lease)),
        batch.id());
    return store.require(merchantId, batch.id());
  }

  private static List<Change> ends(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(i -> new Change(i, ItemStatus.PROCESSING, PAID))
        .toList();
  }

  private BatchCounts counts(StoredBatch batch) {
    return current(batch).counts();
  }

  private StoredBatch current(StoredBatch batch) {
    return store.require(batch.merchantId(), batch.id());
  }
}
