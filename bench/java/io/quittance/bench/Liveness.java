package io.quittance.bench;

import java.io.IOException;

/** Asks a service whether it is alive, four times a second, until it is closed. */
final class Liveness implements AutoCloseable {

  private static final int OK = 200;

  private final Service service;
  private final Thread thread;
  private volatile boolean closed;
  private volatile int asked;
  private volatile int up;
  private volatile long slowestMs;

  Liveness(Service service) {
    this.service = service;
    this.thread = Thread.ofPlatform().start(this::ask);
  }

  private void ask() {
    while (!closed) {
      long start = System.nanoTime();
      try {
        boolean alive = service.probe("liveness") == OK;
        slowestMs = Math.max(slowestMs, (System.nanoTime() - start) / 1_000_000);
        up += alive ? 1 : 0;
      } catch (IOException e) {
        // Not up.
      }
      asked++;
      try {
        Thread.sleep(250);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  boolean alwaysUp() {
    return up == asked;
  }

  String summary() {
    return "up %d times of %d, slowest %d ms".formatted(up, asked, slowestMs);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
