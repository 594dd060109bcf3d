package io.quittance.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Payments that fall due at a fixed rate, whatever becomes of those before them, and are not taken
 * amiss if they are refused. Keeps the ids of all that were acknowledged.
 */
final class Storm {

  private static final int CREATED = 201;
  private static final int OVERLOADED = 503;
  private static final long OPENING_NANOS = 500_000_000;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final AtomicInteger SEEDS = new AtomicInteger(1_000_000);

  /** Enough for all who wait for their answer at a time; whoever is refused comes back soon. */
  static final int CLIENTS = 2048;

  /**
   * What became of the payments that fell due in one stretch.
   *
   * @param unsent how many fell due and found no client that was free
   * @param accepted latency of the 201, from when they fell due (in a closed loop: were sent), in
   *     µs
   * @param refused latency of the 503, from when they were sent, in µs
   * @param slowest answer of any kind, from when it was sent, in ms
   * @param others answers of another status, and connections that broke, by what they were
   * @param acceptedPerSecond the 201 of each second
   */
  record Result(
      double seconds,
      long unsent,
      Histogram accepted,
      Histogram refused,
      long slowest,
      Map<String, Integer> others,
      long[] acceptedPerSecond) {

    double goodput() {
      return accepted.getTotalCount() / seconds;
    }
  }

  /** Is told of each payment that was acknowledged. */
  @FunctionalInterface
  interface Listener {

    /**
     * @param port where it was sent
     * @param micros since it fell due
     */
    void acknowledged(int port, long micros);
  }

  private final IntSupplier ports;
  private final Listener listener;
  private final String apiKey;
  private final Set<String> acknowledged;
  private final Histogram accepted = Latencies.histogram();
  private final Histogram refused = Latencies.histogram();
  private final AtomicLong slowest = new AtomicLong();
  private final Map<String, Integer> others = new ConcurrentHashMap<>();
  private final AtomicLong arrivals = new AtomicLong();
  private final long[] acceptedPerSecond;
  private final int clients;
  private final double intervalNanos;
  private final long startNanos;
  private volatile double seconds;

  private Storm(
      IntSupplier ports,
      Listener listener,
      String apiKey,
      Set<String> acknowledged,
      int clients,
      double perSecond,
      double seconds) {
    this.ports = ports;
    this.listener = listener;
    this.apiKey = apiKey;
    this.acknowledged = acknowledged;
    this.clients = clients;
    this.seconds = seconds;
    this.intervalNanos = 1e9 / perSecond;
    this.acceptedPerSecond = new long[(int) seconds + 60];
    this.startNanos = System.nanoTime() + OPENING_NANOS;
  }

  static Result of(
      int port, String apiKey, Set<String> acknowledged, double perSecond, double seconds)
      throws Exception {
    return new Storm(() -> port, (_, _) -> {}, apiKey, acknowledged, CLIENTS, perSecond, seconds)
        .run();
  }

  /** As much as so many clients can have, each of them one payment after the other. */
  static Result closedLoop(
      int port, String apiKey, Set<String> acknowledged, int clients, double seconds)
      throws Exception {
    return new Storm(
            () -> port,
            (_, _) -> {},
            apiKey,
            acknowledged,
            clients,
            Double.POSITIVE_INFINITY,
            seconds)
        .run();
  }

  /**
   * Payments at a fixed rate for one service behind several ports.
   *
   * @param ports where the next payment goes
   * @param listener called by all clients
   * @param seconds at most, unless it is ended before
   */
  static Storm over(
      IntSupplier ports,
      Listener listener,
      String apiKey,
      Set<String> acknowledged,
      int clients,
      double perSecond,
      double seconds) {
    return new Storm(ports, listener, apiKey, acknowledged, clients, perSecond, seconds);
  }

  /** No more payments fall due from now on. */
  void end() {
    seconds = Math.max(0, (System.nanoTime() - startNanos) / 1e9);
  }

  /** Returns when the last client has its last answer. */
  Result run() throws Exception {
    var running = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(this::client));
      }
      for (Future<?> client : running) {
        client.get();
      }
    }
    double elapsed = (System.nanoTime() - startNanos) / 1e9;
    long due = intervalNanos == 0 ? 0 : (long) (seconds * SECOND_NANOS / intervalNanos);
    return new Result(
        Math.max(seconds, elapsed),
        Math.max(0, due - arrivals.get() + clients),
        accepted,
        refused,
        slowest.get(),
        new TreeMap<>(others),
        acceptedPerSecond);
  }

  private Void client() throws InterruptedException {
    var steps = new Steps(Workload.UNIFORM, new SplittableRandom(SEEDS.incrementAndGet()));
    var request =
        new PreparedRequest(
            apiKey,
            "/v1/payments",
            "-".repeat(30),
            "{\"amount\":0000,\"currency\":\"EUR\",\"payer\":\"a00000\",\"payee\":\"a00000\"}");
    Map<Integer, Http> connections = new HashMap<>();
    while (true) {
      long due = startNanos + (long) (arrivals.getAndIncrement() * intervalNanos);
      if (Math.max(due, System.nanoTime()) - startNanos > seconds * SECOND_NANOS) {
        connections.values().forEach(Storm::close);
        return null;
      }
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      int port = ports.getAsInt();
      Http http = connections.remove(port);
      long sent = System.nanoTime();
      try {
        http = http == null ? new Http(port) : http;
        int status = http.exchange(request.fill(steps.next(), new byte[0]));
        note(port, status, http.body(), due, sent);
        if (http.closing()) {
          close(http);
        } else {
          connections.put(port, http);
        }
      } catch (IOException e) {
        others.merge(e.getClass().getSimpleName(), 1, Integer::sum);
        close(http);
      }
    }
  }

  private static void close(@Nullable Http http) {
    if (http != null) {
      try {
        http.close();
      } catch (IOException e) {
        // It is gone, as it should be.
      }
    }
  }

  private void note(int port, int status, String body, long due, long sent) {
    long now = System.nanoTime();
    slowest.accumulateAndGet((now - sent) / 1_000_000, Math::max);
    if (status == CREATED) {
      acknowledged.add(body.substring(7, 37));
      long micros = (now - (intervalNanos == 0 ? sent : due)) / 1_000;
      listener.acknowledged(port, micros);
      synchronized (accepted) {
        accepted.recordValue(micros);
        acceptedPerSecond[(int) ((now - startNanos) / SECOND_NANOS)]++;
      }
    } else if (status == OVERLOADED && body.contains("\"overloaded\"")) {
      synchronized (refused) {
        refused.recordValue((now - sent) / 1_000);
      }
    } else {
      String code = body.contains("\"code\":\"") ? Setup.between(body, "\"code\":\"", "\"") : "";
      others.merge(status + " " + code, 1, Integer::sum);
    }
  }
}
