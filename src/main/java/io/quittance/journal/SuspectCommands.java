package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which kinds of commands probably wait for a lock that they have not announced: an index
 * is being built on their table, or somebody has changed a payment and not committed. All commands
 * in one transaction with such a command wait as well.
 *
 * <p>Two different commands of one kind and merchant that were blocked while alone in a transaction
 * make that kind and merchant suspect; two such merchants make the kind suspect. One blocked
 * command does not, because its lock may concern no other command. Suspicion ends a while after the
 * last time that one command was blocked after another.
 *
 * <p>Thread-safe.
 */
final class SuspectCommands {

  private static final Logger log = LoggerFactory.getLogger(SuspectCommands.class);

  private static final Duration WARNING_EVERY = Duration.ofMinutes(1);

  /** In limits of a lock: longer than a round in which all commands are tried that wait. */
  private static final int MEMORY_LOCKS = 20;

  /** Why a command is to be tried alone, from the least to the most likely to wait. */
  enum Suspicion {
    NONE,

    /** Other merchants' commands of its kind are suspect. */
    KIND,

    /** Those of its kind and merchant are suspect. */
    OWN
  }

  private record Source(Object kind, UUID merchantId) {}

  /** What was blocked last in one source, or which merchant's in one kind. */
  private final class Trace {

    private Object last;
    private long blockedNanos;
    private long confirmedNanos;
    private boolean confirmed;

    Trace(Object first, long now) {
      this.last = first;
      this.blockedNanos = now;
    }

    /** Records that something was blocked. */
    void blocked(Object what, long now) {
      if (!what.equals(last) && now - blockedNanos < memoryNanos) {
        confirmed = true;
        confirmedNanos = now;
      }
      last = what;
      blockedNanos = now;
    }

    boolean suspect(long now) {
      return confirmed && now - confirmedNanos < memoryNanos;
    }

    boolean forgotten(long now) {
      return now - blockedNanos >= memoryNanos;
    }
  }

  private final Map<Source, Trace> sources = new HashMap<>();
  private final Map<Object, Trace> kinds = new HashMap<>();
  private final long memoryNanos;
  private final LongSupplier nanoClock;

  /** Until when not to warn again. */
  private Deadline warning = Deadline.after(Duration.ZERO);

  /** Whether anything is remembered, so that the usual case costs no lock. */
  private volatile boolean any;

  /**
   * @param lockLimit how long a statement waits for a lock
   */
  SuspectCommands(Duration lockLimit, LongSupplier nanoClock) {
    this.memoryNanos = lockLimit.multipliedBy(MEMORY_LOCKS).toNanos();
    this.nanoClock = nanoClock;
  }

  /** Records that a command was blocked though it was alone in its transaction. */
  synchronized void blockedAlone(Command<?> command) {
    long now = nanoClock.getAsLong();
    forget(now);
    var source = new Source(command.kind(), command.merchantId());
    if (blocked(sources, source, command, now)) {
      warnNow(command);
      var _ = blocked(kinds, command.kind(), command.merchantId(), now);
    }
    any = true;
  }

  private void warnNow(Command<?> command) {
    if (warning.expired()) {
      warning = Deadline.after(WARNING_EVERY);
      log.warn(
          "Commands of the kind {} of merchant {} wait for a lock that is not an account's, and are"
              + " tried one by one; pg_blocking_pids says who holds it",
          command.kind(),
          command.merchantId());
    }
  }

  private <K> boolean blocked(Map<K, Trace> traces, K key, Object what, long now) {
    Trace trace = traces.computeIfAbsent(key, _ -> new Trace(what, now));
    trace.blocked(what, now);
    return trace.suspect(now);
  }

  /** Whether this command is to be tried alone. */
  boolean suspects(Command<?> command) {
    return suspicion(command) != Suspicion.NONE;
  }

  /** Why this command is to be tried alone, if it is. */
  Suspicion suspicion(Command<?> command) {
    return any ? known(command) : Suspicion.NONE;
  }

  private synchronized Suspicion known(Command<?> command) {
    long now = nanoClock.getAsLong();
    forget(now);
    Trace source = sources.get(new Source(command.kind(), command.merchantId()));
    if (source != null && source.suspect(now)) {
      return Suspicion.OWN;
    }
    Trace kind = kinds.get(command.kind());
    return kind != null && kind.suspect(now) ? Suspicion.KIND : Suspicion.NONE;
  }

  private void forget(long now) {
    sources.values().removeIf(trace -> trace.forgotten(now));
    kinds.values().removeIf(trace -> trace.forgotten(now));
    any = !sources.isEmpty() || !kinds.isEmpty();
  }
}
