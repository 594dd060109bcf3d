package io.quittance.concurrency.pool;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Function;

/**
 * A queue of jobs whose parties take turns: one job of each, in order of arrival. With one party it
 * is first in, first out. A party with its maximum of jobs in hand gets no turn until one of them
 * ends. Not thread-safe.
 */
final class RoundRobinQueue<T, R> {

  private final Function<? super T, ?> partyOf;
  private final int inHandMax;
  private final int waitingMax;

  /** The waiting jobs of each party. */
  private final Map<Object, ArrayDeque<Job<T, R>>> waiting = new LinkedHashMap<>();

  /** How many jobs of each party are taken and not done. */
  private final Map<Object, Integer> inHand = new HashMap<>();

  /** All waiting jobs, in order of arrival. */
  private final SequencedSet<Job<T, R>> arrivals = new LinkedHashSet<>();

  /** The parties whose jobs may be taken, in the order of their turns, with when they queued up. */
  private final SequencedMap<Object, Long> turns = new LinkedHashMap<>();

  /**
   * @param inHandMax of one party
   * @param waitingMax of one party
   */
  RoundRobinQueue(Function<? super T, ?> partyOf, int inHandMax, int waitingMax) {
    this.partyOf = partyOf;
    this.inHandMax = inHandMax;
    this.waitingMax = waitingMax;
  }

  /** Whether no party exceeds its limit of waiting jobs if these are added. */
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
    arrivals.add(job);
    Object party = party(job);
    waiting.computeIfAbsent(party, _ -> new ArrayDeque<>()).add(job);
    queueUp(party, job.queuedNanos());
  }

  /** Removes the next job; there must be one. Its party goes to the end of the turns. */
  Job<T, R> remove(long now) {
    Object party = turns.pollFirstEntry().getKey();
    ArrayDeque<Job<T, R>> jobs = Objects.requireNonNull(waiting.get(party));
    Job<T, R> job = jobs.removeFirst();
    arrivals.remove(job);
    if (jobs.isEmpty()) {
      waiting.remove(party);
    }
    inHand.merge(party, 1, Integer::sum);
    queueUp(party, now);
    return job;
  }

  /** Records that a taken job is done. */
  void handIn(Job<T, R> job, long now) {
    Object party = party(job);
    inHand.computeIfPresent(party, (_, jobs) -> jobs == 1 ? null : jobs - 1);
    queueUp(party, now);
  }

  /**
   * Adds a party to the end of the turns if it waits and may have one; it keeps its place if it has
   * one.
   */
  private void queueUp(Object party, long now) {
    if (waiting.containsKey(party) && inHand.getOrDefault(party, 0) < inHandMax) {
      turns.putIfAbsent(party, now);
    }
  }

  private Object party(Job<T, R> job) {
    return partyOf.apply(job.item());
  }

  /** Removes all jobs. */
  List<Job<T, R>> removeAll() {
    List<Job<T, R>> all = List.copyOf(arrivals);
    arrivals.clear();
    waiting.clear();
    turns.clear();
    return all;
  }

  /** When the oldest waiting job was queued; there must be one. */
  long oldestNanos() {
    return arrivals.getFirst().queuedNanos();
  }

  /** When the oldest waiting job of a party was queued; empty: none waits. */
  OptionalLong oldestNanos(Object party) {
    ArrayDeque<Job<T, R>> jobs = waiting.get(party);
    return jobs == null ? OptionalLong.empty() : OptionalLong.of(jobs.getFirst().queuedNanos());
  }

  /** Since when the party whose turn is next has waited for it; there must be one. */
  long turnNanos() {
    return turns.firstEntry().getValue();
  }

  int size() {
    return arrivals.size();
  }

  boolean isEmpty() {
    return arrivals.isEmpty();
  }

  /** Whether a job may be taken: none while all waiting parties have their maximum in hand. */
  boolean hasTurn() {
    return !turns.isEmpty();
  }
}
