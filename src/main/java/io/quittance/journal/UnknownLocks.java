package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.pool.Job;
import io.quittance.journal.SuspectCommands.Suspicion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Applies one by one the commands that may wait for a lock that is not an account's: those whose
 * group was blocked by one, and suspects. Accounts have no turn meanwhile, so a round takes about
 * the limit of a lock at most, and ends with the first command that is blocked. Kinds of suspicion
 * take turns, so that a command that is blocked again and again does not keep the others from being
 * tried.
 *
 * <p>{@link #tried} is confined to one thread; {@link #suspects} is thread-safe.
 */
final class UnknownLocks {

  /** With which kind rounds begin: every other one with commands that are not suspect. */
  private static final List<Suspicion> BEGINNINGS =
      List.of(Suspicion.NONE, Suspicion.KIND, Suspicion.NONE, Suspicion.OWN);

  private final Function<Job<Command<?>, Object>, List<WaitingCommand>> alone;
  private final Duration lockLimit;
  private final SuspectCommands suspects;
  private final int maxRound;
  private final LongSupplier arrivals;
  private final Ticker ticker;

  /** Where the next round begins, in {@link #BEGINNINGS}. */
  private int beginning;

  /**
   * @param alone applies a command in a transaction of its own; the result is empty, or says what
   *     it waits for
   * @param lockLimit how long a statement waits for a lock
   * @param maxRound how many commands of a kind of suspicion a round tries
   * @param arrivals the next number in the order of entries
   */
  UnknownLocks(
      Function<Job<Command<?>, Object>, List<WaitingCommand>> alone,
      Duration lockLimit,
      int maxRound,
      LongSupplier arrivals,
      Ticker ticker) {
    this.alone = alone;
    this.lockLimit = lockLimit;
    this.suspects = new SuspectCommands(lockLimit, ticker::nanoTime);
    this.maxRound = maxRound;
    this.arrivals = arrivals;
    this.ticker = ticker;
  }

  /**
   * Whether this command most likely waits for a lock that is not an account's, and is to be tried
   * alone.
   */
  boolean suspects(Command<?> command) {
    return suspects.suspects(command);
  }

  /**
   * Tries those of these commands that wait for no account. Returns all that still wait, in order;
   * the one that was blocked again is the last.
   */
  List<QueuedEntry> tried(List<QueuedEntry> all) {
    Map<Suspicion, List<QueuedEntry>> parts = new EnumMap<>(Suspicion.class);
    for (QueuedEntry entry : all) {
      if (entry.waiting().accounts().isEmpty()) {
        parts
            .computeIfAbsent(suspects.suspicion(entry.command()), _ -> new ArrayList<>())
            .add(entry);
      }
    }
    var still = new LinkedHashSet<QueuedEntry>(all);
    var end = Deadline.after(lockLimit, ticker);
    for (int i = 0; i < BEGINNINGS.size(); i++) {
      List<QueuedEntry> part = parts.remove(BEGINNINGS.get((beginning + i) % BEGINNINGS.size()));
      if (part != null && !triedAll(part, still, end)) {
        break;
      }
    }
    beginning = (beginning + 1) % BEGINNINGS.size();
    return List.copyOf(still);
  }

  /** Returns whether none was blocked and there was time for all. */
  private boolean triedAll(List<QueuedEntry> part, Set<QueuedEntry> still, Deadline end) {
    for (QueuedEntry entry : FairOrder.inTurns(part, QueuedEntry::merchantId, maxRound)) {
      if (end.expired()) {
        return false;
      }
      List<WaitingCommand> left = alone.apply(entry.waiting().job());
      still.remove(entry);
      if (!left.isEmpty()) {
        WaitingCommand blocked = left.getFirst();
        entry.waitsNow(blocked);
        entry.moveTo(arrivals.getAsLong());
        still.add(entry);
        if (blocked.accounts().isEmpty()) {
          suspects.blockedAlone(entry.command());
          return false;
        }
      }
    }
    return part.size() <= maxRound;
  }
}
