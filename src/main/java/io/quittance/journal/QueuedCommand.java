package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.ExpiredInQueueException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future.State;
import org.jspecify.annotations.Nullable;

/** A command and its progress, as seen by the caller that waits for it. Thread-safe. */
public final class QueuedCommand<R> implements Command.Forwarding<R> {

  private final Command<R> command;
  private volatile @Nullable CompletableFuture<R> pending;
  private volatile @Nullable Deadline limit;
  private volatile boolean started;
  private volatile boolean blocked;
  private volatile Runnable whenBlocked = () -> {};

  public QueuedCommand(Command<R> command) {
    this.command = command;
  }

  /**
   * Queues the command, and returns shortly after its deadline at the latest. May be called once.
   * An interrupt ends the wait and stays pending.
   *
   * @param grace as in {@link #outcomeAfter}
   */
  public CommandOutcome<R> run(Journal journal, Deadline deadline, Duration grace) {
    try {
      return awaited(journal, deadline, grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CommandOutcome.Unknown<>(e);
    }
  }

  private CommandOutcome<R> awaited(Journal journal, Deadline deadline, Duration grace)
      throws InterruptedException {
    try {
      return new CommandOutcome.Committed<>(deadline.await(submit(journal, deadline)));
    } catch (RuntimeException e) {
      return outcomeAfter(e, grace);
    }
  }

  /**
   * What is known about the command after the wait for it has failed.
   *
   * @param failure why; the reason of a command that was not applied, unless it has its own
   * @param grace how long a command that has started is still waited for
   */
  public CommandOutcome<R> outcomeAfter(Throwable failure, Duration grace)
      throws InterruptedException {
    CompletableFuture<R> submitted = pending;
    boolean dropped = submitted != null && !submitted.isDone() && surelyNotApplied();
    if (submitted == null || dropped) {
      return new CommandOutcome.NotApplied<>(failure);
    }
    try {
      return new CommandOutcome.Committed<>(Deadline.after(grace).await(submitted));
    } catch (ExpiredInQueueException e) {
      return new CommandOutcome.NotApplied<>(e);
    } catch (DeadlineExceededException | CommitOutcomeUnknownException e) {
      return new CommandOutcome.Unknown<>(e);
    } catch (RuntimeException e) {
      return new CommandOutcome.NotApplied<>(e);
    }
  }

  /**
   * Queues the command and waits until it is committed. May be called once.
   *
   * @param onceBlocked runs on the journal's thread when the command has to wait for another
   *     transaction's lock
   * @throws StillQueuedException time ran out while it was queued, or while it waited for another
   *     transaction's lock
   */
  public R submitAndAwait(Journal journal, Deadline deadline, Runnable onceBlocked)
      throws InterruptedException {
    whenBlocked = onceBlocked;
    CompletableFuture<R> submitted = submit(journal, deadline);
    try {
      return deadline.await(submitted);
    } catch (InterruptedException | DeadlineExceededException e) {
      if ((!started || blocked) && !journal.stalled(command.merchantId())) {
        throw new StillQueuedException(e);
      }
      throw e;
    }
  }

  private CompletableFuture<R> submit(Journal journal, Deadline deadline) {
    limit = deadline;
    CompletableFuture<R> submitted = journal.submit(this, deadline);
    pending = submitted;
    return submitted;
  }

  /**
   * Whether it was certainly not applied, and never will be: it was never queued, it ended without
   * a commit, or its deadline passed before it started. The journal checks the deadline again when
   * it starts a command, so one that did not start in time is dropped.
   */
  public boolean surelyNotApplied() {
    CompletableFuture<R> submitted = pending;
    Deadline until = limit;
    if (submitted == null || until == null) {
      return true;
    }
    if (submitted.isDone()) {
      return submitted.isCompletedExceptionally()
          && !(submitted.exceptionNow() instanceof CommitOutcomeUnknownException);
    }
    return until.expired() && !started;
  }

  /** Its result; null while it is not known, and if it failed. */
  public @Nullable R result() {
    CompletableFuture<R> submitted = pending;
    return submitted != null && submitted.state() == State.SUCCESS ? submitted.resultNow() : null;
  }

  @Override
  public Command<R> command() {
    return command;
  }

  @Override
  public void onStarted() {
    started = true;
  }

  @Override
  public void onBlocked() {
    blocked = true;
    started = false;
    command.onBlocked();
    whenBlocked.run();
  }
}
