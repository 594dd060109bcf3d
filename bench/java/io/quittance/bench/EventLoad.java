package io.quittance.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Clients that send bodies of events, each as fast as it is answered, or when they fall due. */
final class EventLoad {

  private static final int OK = 200;
  private static final long UNHURRIED = 0;

  /**
   * What came of it.
   *
   * @param refused bodies that were answered 429 or 503
   */
  record Result(long events, long refused, double seconds, Histogram latencies) {

    double perSecond() {
      return events / seconds;
    }
  }

  /** Makes the body of one client. */
  interface Bodies {
    EventBody of(int client) throws IOException;
  }

  private EventLoad() {}

  static Result closedLoop(int port, int clients, double seconds, Bodies bodies) throws Exception {
    return run(port, clients, seconds, UNHURRIED, bodies);
  }

  /** Latencies count from when a body fell due. */
  static Result openLoop(
      int port, int clients, double seconds, double bodiesPerSecond, Bodies bodies)
      throws Exception {
    return run(port, clients, seconds, (long) (clients * 1e9 / bodiesPerSecond), bodies);
  }

  private static Result run(
      int port, int clients, double seconds, long intervalNanos, Bodies bodies) throws Exception {
    long begin = System.nanoTime() + 50_000_000;
    long end = begin + (long) (seconds * 1e9);
    var parts = new ArrayList<Future<Result>>();
    try (var threads = Executors.newFixedThreadPool(clients)) {
      for (int i = 0; i < clients; i++) {
        EventBody body = bodies.of(i);
        long first = begin + intervalNanos * i / clients;
        Callable<Result> client = () -> client(port, body, first, end, intervalNanos);
        parts.add(threads.submit(client));
      }
      return together(parts, begin);
    }
  }

  private static Result together(List<Future<Result>> parts, long begin) throws Exception {
    long events = 0;
    long refused = 0;
    Histogram latencies = Latencies.histogram();
    for (Future<Result> part : parts) {
      Result one = part.get();
      events += one.events();
      refused += one.refused();
      latencies.add(one.latencies());
    }
    return new Result(events, refused, (System.nanoTime() - begin) / 1e9, latencies);
  }

  private static Result client(int port, EventBody body, long first, long end, long intervalNanos)
      throws IOException {
    Histogram latencies = Latencies.histogram();
    long events = 0;
    long refused = 0;
    try (var http = new Http(port)) {
      for (long due = first; due < end; due += intervalNanos) {
        byte[] request = body.renewed();
        if (intervalNanos == UNHURRIED) {
          due = System.nanoTime();
          if (due >= end) {
            break;
          }
        } else {
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
        }
        int status = http.exchange(request);
        latencies.recordValue(Math.max(0, (System.nanoTime() - due) / 1_000));
        if (status == OK) {
          check(body, http.body());
          events += body.events();
        } else if (status == 503 || status == 429) {
          refused++;
        } else {
          throw new IOException("status %d: %s".formatted(status, http.body()));
        }
      }
    }
    return new Result(events, refused, 0, latencies);
  }

  private static void check(EventBody body, String answer) throws IOException {
    if (!answer.contains("\"accepted\":" + body.events() + ",")) {
      throw new IOException("not all were accepted: " + answer);
    }
  }
}
