package io.quittance.concurrency;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.function.Function;

/**
 * Jobs that wait, of which the parties that they belong to take turns: one of each, in order of
 * arrival. If all belong to one party, that is first in, first out. A party with as many jobs in
 * hand as it may have gets no turn until one of them ends. Not thread-safe.
 */
final class RoundRobinQueue<T, R> {

  private final Function<? super T, ?> partyOf;
  private final int inHandMax;
  private final int waitingMax;

  /** What each party waits for. */
  private final Map<Object, ArrayDeque<Job<T, R>>> waiting = new LinkedHashMap<>();

  /** How many jobs of each party were taken and are not done with. */
  private final Map<Object, Integer> inHand = new HashMap<>();

  /** The parties that wait and may have a job taken; the one whose turn it is comes first. */
  private final SequencedSet<Object> turns = new LinkedHashSet<>();

  private int size;

  /**
   * @param inHandMax of one party
   * @param waitingMax of one party
   */
  RoundRobinQueue(Function<? super T, ?> partyOf, int inHandMax, int waitingMax) {
    this.partyOf = partyOf;
    this.inHandMax = inHandMax;
    this.waitingMax = waitingMax;
  }

  /** Whether no party has more waiting than it may if these are added. */
  boolean hasRoomFor(List<Job<T, R>> more) {
    if (waitingMax == Integer.MAX_VALUE) {
      return true;
    }
    Map<Object, Integer> added = new HashMap<>();
    for (Job<T, R> job : more) {
      Object party = party(job);
      if (waiting(party) + added.merge(party, 1, Integer::sum) > waitingMax) {
        return false;
      }
    }
    return true;
  }

  private int waiting(Object party) {
    ArrayDeque<Job<T, R>> jobs = waiting.get(party);
    return jobs == null ? 0 : jobs.size();
  }

  void add(Job<T, R> job) {
    Object party = party(job);
    waiting.computeIfAbsent(party, _ -> new ArrayDeque<>()).add(job);
    size++;
    queueUp(party);
  }

  /** Takes the job whose turn it is; there must be one. Its party has its next turn last. */
  Job<T, R> remove() {
    Object party = turns.removeFirst();
    ArrayDeque<Job<T, R>> jobs = Objects.requireNonNull(waiting.get(party));
    Job<T, R> job = jobs.removeFirst();
    size--;
    if (jobs.isEmpty()) {
      waiting.remove(party);
    }
    inHand.merge(party, 1, Integer::sum);
    queueUp(party);
    return job;
  }

  /** A job that was taken is done with. */
  void handIn(Job<T, R> job) {
    Object party = party(job);
    inHand.computeIfPresent(party, (_, jobs) -> jobs == 1 ? null : jobs - 1);
    queueUp(party);
  }

  /** Puts a party last if it waits and may have a turn; it keeps its place if it has one. */
  private void queueUp(Object party) {
    if (waiting.containsKey(party) && inHand.getOrDefault(party, 0) < inHandMax) {
      turns.add(party);
    }
  }

  private Object party(Job<T, R> job) {
    return partyOf.apply(job.item());
  }

  /** Takes all. */
  List<Job<T, R>> removeAll() {
    List<Job<T, R>> all = waiting.values().stream().flatMap(Collection::stream).toList();
    waiting.clear();
    turns.clear();
    size = 0;
    return all;
  }

  /** When the job that has waited longest was queued; there must be one. */
  long oldestNanos() {
    Iterator<ArrayDeque<Job<T, R>>> all = waiting.values().iterator();
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

  /** Whether a job may be taken: none may while all that wait are of parties that have enough. */
  boolean hasTurn() {
    return !turns.isEmpty();
  }
}
