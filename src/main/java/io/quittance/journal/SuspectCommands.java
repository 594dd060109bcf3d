package io.quittance.journal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which commands most likely wait for a lock that none of them has announced, such as that of a
 * table on which an index is built, or of a payment that somebody has changed and not committed.
 * Whoever shares a transaction with one of them waits as well.
 *
 * <p>Two commands of one kind and merchant that could not be applied by themselves make all of that
 * kind and merchant suspect, and two such merchants make the whole kind suspect, until a second
 * after the last one. A single command is no reason: it has been found already, and what it waits
 * for may be its own.
 *
 * <p>Thread-safe.
 */
final class SuspectCommands {

  private static final long MEMORY_NANOS = Duration.ofSeconds(1).toNanos();

  private record Source(Object kind, UUID merchantId) {}

  /** The last command of a source that was blocked, and when. */
  private static final class Trace {

    private @Nullable Object last;
    private long blockedNanos;
    private boolean suspect;

    /** Notes that something was blocked; two different things within the memory are suspect. */
    boolean blocked(Object what, long now) {
      boolean recent = last != null && now - blockedNanos < MEMORY_NANOS;
      suspect = recent && (suspect || !what.equals(last));
      last = what;
      blockedNanos = now;
      return suspect;
    }

    boolean forgotten(long now) {
      return now - blockedNanos >= MEMORY_NANOS;
    }
  }

  private final Map<Source, Trace> sources = new HashMap<>();
  private final Map<Object, Trace> kinds = new HashMap<>();
  private final LongSupplier nanoClock;

  /** Whether anything is remembered, so that the usual case costs no lock. */
  private volatile boolean any;

  SuspectCommands(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Notes that a command was blocked though it was alone in its transaction. */
  synchronized void blockedAlone(Command<?> command) {
    long now = nanoClock.getAsLong();
    forget(now);
    var source = new Source(command.kind(), command.merchantId());
    if (sources.computeIfAbsent(source, _ -> new Trace()).blocked(command, now)) {
      kinds.computeIfAbsent(command.kind(), _ -> new Trace()).blocked(command.merchantId(), now);
    }
    any = true;
  }

  /** Whether this command had better not share a transaction. */
  boolean suspects(Command<?> command) {
    return any && known(command);
  }

  private synchronized boolean known(Command<?> command) {
    forget(nanoClock.getAsLong());
    Trace kind = kinds.get(command.kind());
    Trace source = sources.get(new Source(command.kind(), command.merchantId()));
    return (kind != null && kind.suspect) || (source != null && source.suspect);
  }

  private void forget(long now) {
    sources.values().removeIf(trace -> trace.forgotten(now));
    kinds.values().removeIf(trace -> trace.forgotten(now));
    any = !sources.isEmpty();
  }
}
