package io.quittance.recovery;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Replicas on one database. One that has died, for whatever reason, is started again, as under an
 * orchestrator. Thread-safe.
 */
final class Replicas implements AutoCloseable {

  private static final Duration BACK_WITHIN = Duration.ofMinutes(5);
  private static final long LOOKED_AFTER_EVERY_MS = 200;

  private final Postgres.Database database;
  private final List<ServiceProcess> starting = new ArrayList<>();
  private final List<ServiceProcess> ready = new ArrayList<>();
  private final int count;
  private final String[] settings;
  private final ScheduledExecutorService orchestrator = new ScheduledThreadPoolExecutor(1);

  /**
   * @param settings of all of them, as {@code --name=value}
   */
  Replicas(Postgres.Database database, int count, String... settings) {
    this.database = database;
    this.count = count;
    this.settings =
        Stream.concat(
                Stream.of("--quittance.notification.allow-loopback=true"), Stream.of(settings))
            .toArray(String[]::new);
    orchestrator.scheduleWithFixedDelay(
        this::lookAfter, 0, LOOKED_AFTER_EVERY_MS, TimeUnit.MILLISECONDS);
    awaitAllReady();
  }

  /** Only this thread touches those that are starting, so that probes hold nobody up. */
  private void lookAfter() {
    starting.removeIf(service -> !service.alive());
    List<ServiceProcess> started =
        starting.stream().filter(service -> service.alive() && service.ready()).toList();
    starting.removeAll(started);
    synchronized (this) {
      ready.removeIf(service -> !service.alive());
      ready.addAll(started);
    }
    while (starting.size() + readyCount() < count) {
      starting.add(ServiceProcess.launch(database, settings));
    }
  }

  /** Any that has been seen ready and alive; waits until there is one. */
  URI any(Random random) {
    return one(random.nextInt(count)).uri();
  }

  /** One that is ready, by its number; waits until there is one. */
  ServiceProcess one(int number) {
    while (true) {
      awaitReady(1);
      synchronized (this) {
        if (!ready.isEmpty()) {
          return ready.get(number % ready.size());
        }
      }
    }
  }

  /** All of them; waits until they are ready. */
  List<ServiceProcess> allReady() {
    awaitAllReady();
    synchronized (this) {
      return List.copyOf(ready);
    }
  }

  /** One that is ready and is not this one. */
  synchronized ServiceProcess other(ServiceProcess than) {
    return ready.stream().filter(service -> service != than).findAny().orElseThrow();
  }

  /** SIGKILL of one that is ready; waits until there is one. */
  void kill(int number) {
    ServiceProcess victim = one(number);
    synchronized (this) {
      ready.remove(victim);
    }
    victim.kill();
  }

  void awaitAllReady() {
    awaitReady(count);
  }

  private void awaitReady(int wanted) {
    if (readyCount() < wanted) {
      Awaitility.await().atMost(BACK_WITHIN).until(() -> readyCount() >= wanted);
    }
  }

  private synchronized int readyCount() {
    return ready.size();
  }

  @Override
  public void close() {
    orchestrator.close();
    starting.forEach(ServiceProcess::close);
    ready.forEach(ServiceProcess::close);
  }
}
