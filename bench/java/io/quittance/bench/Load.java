package io.quittance.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Drives clients, in a closed loop or at a fixed rate of arrivals. */
final class Load {

  /** Connections, caches and the first batches come before what is measured. */
  private static final double RAMP_SECONDS = 1.5;

  private static final long OPENING_NANOS = 750_000_000;

  private static final AtomicInteger SEEDS = new AtomicInteger();

  private enum Phase {
    RAMP,
    MEASURED,
    OVER
  }

  private final Target target;
  private final Workload workload;
  private final LongAdder acknowledged = new LongAdder();
  private volatile Phase phase = Phase.RAMP;

  private Load(Target target, Workload workload) {
    this.target = target;
    this.workload = workload;
  }

  /** Every client goes on as soon as its last operation was answered. */
  static Measured closedLoop(Target target, Workload workload, double seconds) throws Exception {
    var load = new Load(target, workload);
    return load.run(seconds, load::onAndOn);
  }

  /**
   * Operations fall due at a fixed rate, whether or not those before them were answered; each one's
   * time counts from when it was due, so that a stall is charged to all that it delays.
   */
  static Measured openLoop(Target target, Workload workload, double perSecond, double seconds)
      throws Exception {
    var load = new Load(target, workload);
    var arrivals = new AtomicLong();
    // Nothing falls due before the connections are there.
    long start = System.nanoTime() + OPENING_NANOS;
    double intervalNanos = 1e9 / perSecond;
    return load.run(
        seconds,
        (client, steps, latencies) -> {
          while (load.phase != Phase.OVER) {
            long due = start + (long) (arrivals.getAndIncrement() * intervalNanos);
            sleepUntil(due);
            load.carryOut(client, steps.next(), latencies, due);
          }
        });
  }

  private static void sleepUntil(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @FunctionalInterface
  private interface Loop {
    void run(Client client, Steps steps, Latencies latencies) throws Exception;
  }

  private void onAndOn(Client client, Steps steps, Latencies latencies) throws Exception {
    while (phase != Phase.OVER) {
      carryOut(client, steps.next(), latencies, System.nanoTime());
    }
  }

  private void carryOut(Client client, Step step, Latencies latencies, long start)
      throws Exception {
    client.carryOut(step);
    acknowledged.increment();
    target.tally().add(step);
    if (phase == Phase.MEASURED) {
      latencies.record(step.kind(), (System.nanoTime() - start) / 1_000);
    }
  }

  private Measured run(double seconds, Loop loop) throws Exception {
    try (var threads = Executors.newFixedThreadPool(target.clients())) {
      var clients = new ArrayList<Future<Latencies>>();
      for (int i = 0; i < target.clients(); i++) {
        clients.add(threads.submit(() -> client(loop)));
      }
      try {
        sleep(RAMP_SECONDS);
        Probe.Sample before = target.probe().sample();
        phase = Phase.MEASURED;
        long start = System.nanoTime();
        long first = acknowledged.sum();
        sleep(seconds);
        long last = acknowledged.sum();
        double elapsed = (System.nanoTime() - start) / 1e9;
        phase = Phase.OVER;
        Probe.Sample after = target.probe().sample();
        return new Measured(last - first, elapsed, together(clients), before, after);
      } finally {
        phase = Phase.OVER;
      }
    }
  }

  private Latencies client(Loop loop) throws Exception {
    var latencies = new Latencies();
    try (Client client = target.opener().open()) {
      var random = new SplittableRandom(SEEDS.incrementAndGet());
      loop.run(client, new Steps(workload, random), latencies);
    } catch (Exception e) {
      phase = Phase.OVER;
      throw e;
    }
    return latencies;
  }

  private void sleep(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (phase != Phase.OVER && System.nanoTime() < end) {
      LockSupport.parkNanos(Math.min(end - System.nanoTime(), 50_000_000));
    }
  }

  private static Latencies together(List<Future<Latencies>> clients) throws Exception {
    var all = new Latencies();
    for (Future<Latencies> client : clients) {
      all.add(client.get());
    }
    return all;
  }
}
