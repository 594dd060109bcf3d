package io.quittance.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.database.Dialect;
import io.quittance.tracing.SpanOrigin;
import io.quittance.tracing.Tracing;
import jakarta.annotation.PreDestroy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Commits many commands in one transaction (group commit). Each merchant's commands go to one
 * {@link Lane}. The commands that have queued up there are applied in one transaction, in order of
 * arrival; then every caller gets its own result. A command that fails or waits does not affect the
 * others.
 *
 * <p>Thread-safe. Callers wait on futures, so cancelling them never interrupts JDBC.
 */
@Component
public final class Journal {

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /** A command whose caller's trace is recorded: links it to the transaction that commits it. */
  private record Traced<R>(Command<R> command, SpanOrigin origin) implements Command.Forwarding<R> {

    @Override
    public R decide(UnitOfWork unit) {
      unit.table(TransactionTrace.class).add(origin);
      return origin.resume(() -> command.decide(unit));
    }
  }

  /** A command that finishes what another one began. */
  private record Finishing<R>(Command<R> command) implements Command.Forwarding<R> {

    @Override
    public boolean isFinishing() {
      return true;
    }
  }

  private final Transactions transactions;
  private final Tracing tracing;
  private final Rehearsals rehearsals;
  private final List<Lane> lanes;
  private final Duration longestTransaction;
  private final RecentMerchants recent = new RecentMerchants(System::nanoTime);

  /**
   * @param dataSource the journal's own connections, two for each lane
   * @param snapshots the connections of rehearsals
   */
  Journal(
      @Qualifier(JournalConnections.NAME) DataSource dataSource,
      DataSource snapshots,
      Dialect dialect,
      ObjectProvider<Table.Factory> tables,
      JournalProperties properties,
      MeterRegistry registry,
      Tracing tracing) {
    this.tracing = tracing;
    this.longestTransaction = JournalConnections.longestTransaction(properties);
    List<Table.Factory> ordered = tables.orderedStream().toList();
    this.rehearsals = new Rehearsals(snapshots, dialect, ordered);
    this.transactions = new Transactions(dataSource, dialect, ordered, properties);
    int capacity = Math.max(1, properties.queueCapacity() / properties.lanes());
    this.lanes =
        IntStream.rangeClosed(1, properties.lanes())
            .mapToObj(
                number -> new Lane(number, transactions, capacity, properties.maxBatch(), registry))
            .toList();
  }

  /**
   * Queues a command.
   *
   * @param deadline until when it may be applied; from then on it is dropped
   * @return completes after the commit. It fails with {@link CommitOutcomeUnknownException} if it
   *     is unknown whether the command was applied. All other failures mean that it was not applied
   *     and never will be: {@link io.quittance.concurrency.pool.ExpiredInQueueException}, {@link
   *     DatabaseUnavailableException}, {@link TransactionTooLongException}, {@link
   *     QueueFullException} if too many commands wait for one of its accounts, {@link
   *     java.util.concurrent.RejectedExecutionException} if the journal has closed, or the error of
   *     its own that rolled it back
   * @throws QueueFullException the lane's queue is full
   */
  @SuppressWarnings("unchecked") // a lane carries commands of all result types
  public <R> CompletableFuture<R> submit(Command<R> command, Deadline deadline) {
    note(command);
    return (CompletableFuture<R>) lane(command.merchantId()).submit(traced(command), deadline);
  }

  /**
   * Queues a command that finishes what another one began. It waits for room in the lane's queue,
   * and is never refused by the queue of busy accounts.
   *
   * @param deadline until when it waits for room, and may be applied
   * @return as of {@link #submit}
   * @throws DeadlineExceededException there was no room in time
   */
  @SuppressWarnings("unchecked") // a lane carries commands of all result types
  public <R> CompletableFuture<R> submitWhenRoom(Command<R> command, Deadline deadline)
      throws InterruptedException {
    note(command);
    return (CompletableFuture<R>)
        lane(command.merchantId()).submitWhenRoom(new Finishing<>(traced(command)), deadline);
  }

  private void note(Command<?> command) {
    if (!command.ofPaymentBatch()) {
      recent.note(command.merchantId());
    }
  }

  private <R> Command<R> traced(Command<R> command) {
    SpanOrigin origin = tracing.origin();
    return origin == null ? command : new Traced<>(command, origin);
  }

  /**
   * The result that a command would have now. Writes, locks and queues nothing. Runs JDBC on the
   * calling thread, so subtasks must not call it.
   */
  public <R> R rehearse(Command<R> command) {
    try {
      return rehearsals.decide(command);
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("a rehearsal could not read", e);
    }
  }

  /** The longest time until a transaction is committed or rolled back. */
  public Duration longestTransaction() {
    return longestTransaction;
  }

  public int lanes() {
    return lanes.size();
  }

  /**
   * The number of the merchant's lane, from 0; the same on every replica with the same number of
   * lanes.
   */
  public int laneOf(UUID merchantId) {
    return Math.floorMod(merchantId.hashCode(), lanes.size());
  }

  private Lane lane(UUID merchantId) {
    return lanes.get(laneOf(merchantId));
  }

  /** Whether the current transaction of the merchant's lane takes unusually long. */
  public boolean stalled(UUID merchantId) {
    return lane(merchantId).stalled();
  }

  /** An estimate of how long a new command of this merchant would take. */
  public Duration expectedTime(UUID merchantId) {
    return lane(merchantId).expectedTime(merchantId);
  }

  /** How long commands take now in a lane, those of the merchant with the longest queue. */
  public Duration longestExpectedTime(int lane) {
    return lanes.get(lane).longestExpectedTime();
  }

  /**
   * Whether another merchant sent a command within about this span, to any lane. Commands of
   * payment batches do not count: they do not defer to each other.
   */
  public boolean othersWithin(UUID merchantId, Duration span) {
    return recent.othersWithin(merchantId, span);
  }

  /** How many commands are queued, in all lanes. */
  public int waiting() {
    return lanes.stream().mapToInt(Lane::waiting).sum();
  }

  /** Finishes what is queued, then stops. */
  @PreDestroy
  void close() {
    log.info("Draining the journal: {} commands are left", waiting());
    lanes.stream().parallel().forEach(Lane::close);
    log.info("The journal is drained");
  }
}
