package io.quittance.concurrency.pool;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
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
 * is first in, first out. A party that may have no more jobs in hand ({@link PartyShares}) gets no
 * turn until a job ends, its own or another party's. Not thread-safe.
 */
final class RoundRobinQueue<T, R> {

  private final Function<? super T, ?> partyOf;
  private final PartyShares shares;
  private final int waitingMax;

  /** The waiting jobs of each party. */
  private final Map<Object, ArrayDeque<Job<T, R>>> waiting = new LinkedHashMap<>();

  /** All waiting jobs, in order of arrival. */
  private final SequencedSet<Job<T, R>> arrivals = new LinkedHashSet<>();

  /**
   * The parties that have a turn, in their order, with when they queued up. The first one's job may
   * be taken.
   */
  private final SequencedMap<Object, Long> turns = new LinkedHashMap<>();

  /** The other parties with waiting jobs. Each has a job in hand. */
  private final SequencedSet<Object> withoutTurn = new LinkedHashSet<>();

  /**
   * @param waitingMax of one party
   */
  RoundRobinQueue(Function<? super T, ?> partyOf, PartyShares shares, int waitingMax) {
    this.partyOf = partyOf;
    this.shares = shares;
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
    shares.taken(party);
    queueUp(party, now);
    putBack();
    return job;
  }

  /** Records that a taken job is done. */
  void handIn(Job<T, R> job, long now) {
    shares.done(party(job));
    giveTurns(now);
  }

  /** Changes the number of workers. */
  void resize(int workers, long now) {
    shares.resize(workers);
    giveTurns(now);
    putBack();
  }

  /** Adds a party to the end of the turns if it waits; it keeps its place if it has one. */
  private void queueUp(Object party, long now) {
    if (!waiting.containsKey(party)) {
      return;
    }
    if (turns.containsKey(party) || shares.mayTake(party)) {
      turns.putIfAbsent(party, now);
    } else {
      withoutTurn.add(party);
    }
  }

  /** Gives a turn to those who may have one now. */
  private void giveTurns(long now) {
    for (Iterator<Object> parties = withoutTurn.iterator(); parties.hasNext(); ) {
      Object party = parties.next();
      if (shares.mayTake(party)) {
        parties.remove();
        turns.put(party, now);
      }
    }
  }

  /** Takes the turn from those next ones who may have none now. */
  private void putBack() {
    while (!turns.isEmpty() && !shares.mayTake(turns.firstEntry().getKey())) {
      withoutTurn.add(turns.pollFirstEntry().getKey());
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
    withoutTurn.clear();
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

  /**
   * Whether a job may be taken: none while all waiting parties have as many in hand as they may.
   */
  boolean hasTurn() {
    return !turns.isEmpty();
  }
}
