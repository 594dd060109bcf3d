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
import org.HdrHistogram.Histogram;

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
  private final Probe probe;
  private final LongAdder acknowledged = new LongAdder();
  private volatile Phase phase = Phase.RAMP;

  private Load(Target target, Workload workload, Probe probe) {
    this.target = target;
    this.workload = workload;
    this.probe = probe;
  }

  /** Every client pays again as soon as its last payment was answered. */
  static Measured closedLoop(Target target, Workload workload, double seconds, Probe probe)
      throws Exception {
    var load = new Load(target, workload, probe);
    return load.run(seconds, load::payOnAndOn);
  }

  /**
   * Payments fall due at a fixed rate, whether or not those before them were answered; each one's
   * time counts from when it was due, so that a stall is charged to all that it delays.
   */
  static Measured openLoop(
      Target target, Workload workload, double perSecond, double seconds, Probe probe)
      throws Exception {
    var load = new Load(target, workload, probe);
    var arrivals = new AtomicLong();
    // Nothing falls due before the connections are there.
    long start = System.nanoTime() + OPENING_NANOS;
    double intervalNanos = 1e9 / perSecond;
    return load.run(
        seconds,
        (client, random, latency) -> {
          while (load.phase != Phase.OVER) {
            long due = start + (long) (arrivals.getAndIncrement() * intervalNanos);
            sleepUntil(due);
            load.pay(client, random, latency, due);
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
    void run(Client client, SplittableRandom random, Histogram latency) throws Exception;
  }

  private void payOnAndOn(Client client, SplittableRandom random, Histogram latency)
      throws Exception {
    while (phase != Phase.OVER) {
      pay(client, random, latency, System.nanoTime());
    }
  }

  private void pay(Client client, SplittableRandom random, Histogram latency, long start)
      throws Exception {
    client.pay(Order.next(workload, random));
    acknowledged.increment();
    if (phase == Phase.MEASURED) {
      long micros = (System.nanoTime() - start) / 1_000;
      latency.recordValue(Math.min(micros, Measured.LATENCY_MAX_MICROS));
    }
  }

  private Measured run(double seconds, Loop loop) throws Exception {
    try (var threads = Executors.newFixedThreadPool(target.clients())) {
      var clients = new ArrayList<Future<Histogram>>();
      for (int i = 0; i < target.clients(); i++) {
        clients.add(threads.submit(() -> client(loop)));
      }
      try {
        sleep(RAMP_SECONDS);
        Probe.Sample before = probe.sample();
        phase = Phase.MEASURED;
        long start = System.nanoTime();
        long first = acknowledged.sum();
        sleep(seconds);
        long last = acknowledged.sum();
        double elapsed = (System.nanoTime() - start) / 1e9;
        phase = Phase.OVER;
        Probe.Sample after = probe.sample();
        Histogram latency = together(clients);
        return new Measured(last - first, acknowledged.sum(), elapsed, latency, before, after);
      } finally {
        phase = Phase.OVER;
      }
    }
  }

  private Histogram client(Loop loop) throws Exception {
    Histogram latency = Measured.histogram();
    try (Client client = target.opener().open()) {
      loop.run(client, new SplittableRandom(SEEDS.incrementAndGet()), latency);
    } catch (Exception e) {
      phase = Phase.OVER;
      throw e;
    }
    return latency;
  }

  private void sleep(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (phase != Phase.OVER && System.nanoTime() < end) {
      LockSupport.parkNanos(Math.min(end - System.nanoTime(), 50_000_000));
    }
  }

  private static Histogram together(List<Future<Histogram>> clients) throws Exception {
    Histogram all = Measured.histogram();
    for (Future<Histogram> client : clients) {
      all.add(client.get());
    }
    return all;
  }
}
