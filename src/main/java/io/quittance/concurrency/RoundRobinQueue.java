package io.quittance.concurrency;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * Jobs that wait, of which the parties that they belong to take turns: one of each, in order of
 * arrival. If all belong to one party, that is first in, first out. Not thread-safe.
 */
final class RoundRobinQueue<T, R> {

  private final Function<? super T, ?> partyOf;

  /** What each party waits for; the party whose turn it is comes first. */
  private final SequencedMap<Object, ArrayDeque<Job<T, R>>> parties = new LinkedHashMap<>();

  private int size;

  RoundRobinQueue(Function<? super T, ?> partyOf) {
    this.partyOf = partyOf;
  }

  void add(Job<T, R> job) {
    parties.computeIfAbsent(partyOf.apply(job.item()), _ -> new ArrayDeque<>()).add(job);
    size++;
  }

  /** Takes the job whose turn it is; there must be one. Its party has its next turn last. */
  Job<T, R> remove() {
    Map.Entry<Object, ArrayDeque<Job<T, R>>> turn = parties.pollFirstEntry();
    ArrayDeque<Job<T, R>> waiting = turn.getValue();
    Job<T, R> job = waiting.removeFirst();
    size--;
    if (!waiting.isEmpty()) {
      parties.put(turn.getKey(), waiting);
    }
    return job;
  }

  /** Takes all. */
  List<Job<T, R>> removeAll() {
    List<Job<T, R>> all = parties.values().stream().flatMap(Collection::stream).toList();
    parties.clear();
    size = 0;
    return all;
  }

  /** When the job that has waited longest was queued; there must be one. */
  long oldestNanos() {
    Iterator<ArrayDeque<Job<T, R>>> all = parties.values().iterator();
    long oldest = all.next().getFirst().queuedNanos();
    while (all.hasNext()) {
      long other = all.next().getFirst().queuedNanos();
      oldest = other - oldest < 0 ? other : oldest;
    }
    return oldest;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }
}
