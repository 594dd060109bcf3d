package io.quittance.concurrency.pool;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The settings of a {@link WorkerPool}: one worker, a queue of 1024 and no batching by default. */
public final class WorkerPoolBuilder<T, R> {

  private static final String EVERYBODY = "everybody";

  private final String name;
  private final WorkerPool.Handler<T, R> handler;
  private int workers = 1;
  private int capacity = 1024;
  private int maxBatch = 1;
  private Function<? super T, ?> party = _ -> EVERYBODY;
  private int inHandPerParty = Integer.MAX_VALUE;
  private int waitingPerParty = Integer.MAX_VALUE;
  private long maxWeight = Long.MAX_VALUE;
  private ToLongFunction<? super T> weigher = _ -> 0;
  private Supplier<Duration> linger = () -> Duration.ZERO;
  private Predicate<? super T> deferrable = _ -> false;
  private Supplier<Duration> deferFor = () -> Duration.ZERO;
  private Duration drainLimit = Duration.ofSeconds(30);
  private Ticker ticker = Ticker.SYSTEM;
  private ThreadFactory threads;

  WorkerPoolBuilder(String name, WorkerPool.Handler<T, R> handler) {
    this.name = name;
    this.handler = handler;
    this.threads = Thread.ofPlatform().name(name + "-", 0).daemon().factory();
  }

  /** Threads that work at the same time; 1 or more. */
  public WorkerPoolBuilder<T, R> workers(int count) {
    this.workers = count;
    return this;
  }

  /** Jobs that may wait; 1 or more. */
  public WorkerPoolBuilder<T, R> capacity(int jobs) {
    this.capacity = jobs;
    return this;
  }

  /** Jobs that a worker takes at once, at most; 1 or more. */
  public WorkerPoolBuilder<T, R> maxBatch(int jobs) {
    this.maxBatch = jobs;
    return this;
  }

  /**
   * Lets the parties that jobs belong to take turns, one job of each, so that no party waits for
   * all that another one has queued. By default jobs start in the order of submission.
   */
  public WorkerPoolBuilder<T, R> inTurns(Function<? super T, ?> partyOf) {
    this.party = partyOf;
    return this;
  }

  /**
   * Limits each of the parties {@linkplain #inTurns that take turns}, so that long jobs of one
   * party cannot take all workers, and those of several parties leave some to others ({@link
   * PartyLimit}). By default a party is not limited.
   *
   * @param inHand jobs of a party that workers have in hand at once while it is alone, at most; 1
   *     or more. What it has queued waits meanwhile, and other parties' jobs begin
   * @param waiting jobs of a party that may wait; 1 or more. {@link WorkerPool#submit} refuses more
   *     as if the queue were full; {@link WorkerPool#submitWhenRoom} waits for the whole queue only
   */
  public WorkerPoolBuilder<T, R> perParty(int inHand, int waiting) {
    this.inHandPerParty = inHand;
    this.waitingPerParty = waiting;
    return this;
  }

  /**
   * Ends a batch at the job that makes it reach a weight, so that other jobs do not wait long for a
   * few heavy ones.
   */
  public WorkerPoolBuilder<T, R> maxBatchWeight(long limit, ToLongFunction<? super T> weightOf) {
    this.maxWeight = limit;
    this.weigher = weightOf;
    return this;
  }

  /**
   * How long a worker waits for its batch to fill once it has found a first job; zero, the default:
   * not at all. For work that is cheaper in bulk.
   */
  public WorkerPoolBuilder<T, R> linger(Duration limit) {
    return linger(() -> limit);
  }

  /** As {@link #linger(Duration)}, with a limit that is called for before each batch. */
  public WorkerPoolBuilder<T, R> linger(Supplier<Duration> limit) {
    this.linger = limit;
    return this;
  }

  /**
   * Defers some jobs: while only such jobs are queued, and fewer than a full batch, a worker waits
   * for another job to handle them with. So other jobs rarely have to wait for a batch of
   * deferrable ones.
   *
   * @param limit how long the worker waits, at most; called for each batch
   */
  public WorkerPoolBuilder<T, R> deferrable(Predicate<? super T> which, Supplier<Duration> limit) {
    this.deferrable = which;
    this.deferFor = limit;
    return this;
  }

  /** How long {@link WorkerPool#close()} waits for what is queued. */
  public WorkerPoolBuilder<T, R> drainLimit(Duration limit) {
    this.drainLimit = limit;
    return this;
  }

  /** Workers on virtual threads: for many workers that mostly wait for the network. */
  public WorkerPoolBuilder<T, R> virtualThreads() {
    this.threads = Thread.ofVirtual().name(name + "-", 0).factory();
    return this;
  }

  /**
   * What makes the workers' threads; daemon threads of the platform unless told. The factory must
   * not start them.
   */
  public WorkerPoolBuilder<T, R> threads(ThreadFactory factory) {
    this.threads = factory;
    return this;
  }

  /** The clock of the queue, of lingering and of the drain limit; the machine's unless told. */
  public WorkerPoolBuilder<T, R> ticker(Ticker clock) {
    this.ticker = clock;
    return this;
  }

  /** Starts the pool, with its meters in the registry. */
  public WorkerPool<T, R> start(MeterRegistry registry) {
    if (workers < 1 || capacity < 1 || maxBatch < 1 || inHandPerParty < 1 || waitingPerParty < 1) {
      throw new IllegalArgumentException(
          "%s: workers, capacity, maxBatch and limits per party must be positive".formatted(name));
    }
    return new WorkerPool<>(this, registry);
  }

  String name() {
    return name;
  }

  WorkerPool.Handler<T, R> handler() {
    return handler;
  }

  int workers() {
    return workers;
  }

  int capacity() {
    return capacity;
  }

  int maxBatch() {
    return maxBatch;
  }

  long maxWeight() {
    return maxWeight;
  }

  ToLongFunction<? super T> weigher() {
    return weigher;
  }

  Function<? super T, ?> party() {
    return party;
  }

  PartyShares shares() {
    return new PartyShares(inHandPerParty, workers, maxBatch);
  }

  int waitingPerParty() {
    return waitingPerParty;
  }

  Supplier<Duration> linger() {
    return linger;
  }

  Predicate<? super T> deferrable() {
    return deferrable;
  }

  Supplier<Duration> deferFor() {
    return deferFor;
  }

  Duration drainLimit() {
    return drainLimit;
  }

  Ticker ticker() {
    return ticker;
  }

  ThreadFactory threads() {
    return threads;
  }
}
