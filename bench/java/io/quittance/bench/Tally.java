package io.quittance.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** All that was ever acknowledged to the clients of one side. Thread-safe. */
final class Tally {

  private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);
  private final Map<Kind, LongAdder> amounts = new EnumMap<>(Kind.class);
  private final LongAdder keys = new LongAdder();
  private volatile boolean exact = true;

  Tally() {
    for (Kind kind : Kind.values()) {
      counts.put(kind, new LongAdder());
      amounts.put(kind, new LongAdder());
    }
  }

  void add(Step step) {
    counts.get(step.kind()).increment();
    amounts.get(step.kind()).add(step.amount());
    keys.add(step.key().getLeastSignificantBits() & 0xffff_ffffL);
  }

  /** Payments of which no more is known than how many they are. */
  void addPayments(long count) {
    exact = false;
    counts.get(Kind.PAYMENT).add(count);
  }

  /** Whether amounts and keys are known, too. */
  boolean exact() {
    return exact;
  }

  long count(Kind... kinds) {
    return Arrays.stream(kinds).mapToLong(kind -> counts.get(kind).sum()).sum();
  }

  long all() {
    return count(Kind.values());
  }

  /** In minor units. */
  long amount(Kind... kinds) {
    return Arrays.stream(kinds).mapToLong(kind -> amounts.get(kind).sum()).sum();
  }

  /** The sum of the last 32 bits of every key: as good as a list of them. */
  long keys() {
    return keys.sum();
  }
}
