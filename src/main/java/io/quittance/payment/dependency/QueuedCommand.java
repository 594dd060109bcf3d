package io.quittance.payment.dependency;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.journal.Command;
import io.quittance.journal.CommitOutcomeUnknownException;
import io.quittance.journal.Journal;
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
    limit = deadline;
    CompletableFuture<R> submitted = journal.submit(this, deadline);
    pending = submitted;
    try {
      return deadline.await(submitted);
    } catch (InterruptedException | DeadlineExceededException e) {
      if ((!started || blocked) && !journal.stalled(command.merchantId())) {
        throw new StillQueuedException(e);
      }
      throw e;
    }
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

  /** The future of its result; null if it was never queued. */
  public @Nullable CompletableFuture<R> pending() {
    return pending;
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
    whenBlocked.run();
  }
}
