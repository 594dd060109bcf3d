package io.quittance.sandbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import jakarta.annotation.PreDestroy;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes payments and events at the requested rates, until they are set to zero. What the service
 * cannot take in time is skipped. Thread-safe.
 */
@Component
@Profile("sandbox")
class Traffic {

  /** Payments and events per second. */
  record Rates(
      @Min(0) @Max(PAYMENTS_MAX) int paymentsPerSecond,
      @Min(0) @Max(EVENTS_MAX) int eventsPerSecond) {

    static final Rates NONE = new Rates(0, 0);
  }

  static final int PAYMENTS_MAX = 200;
  static final int EVENTS_MAX = 20_000;

  private static final Logger log = LoggerFactory.getLogger(Traffic.class);

  private static final int TICKS_PER_SECOND = 10;
  private static final int WORKERS = 64;
  private static final int QUEUED_MAX = 256;
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** One task of a tick. */
  @FunctionalInterface
  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  private final Shoppers shoppers;
  private final WorkerPool<Task, Boolean> workers;
  private volatile Rates rates = Rates.NONE;
  private int ticks;

  Traffic(Shoppers shoppers, MeterRegistry registry) {
    this.shoppers = shoppers;
    this.workers =
        WorkerPool.<Task, Boolean>named("traffic", Traffic::run)
            .workers(WORKERS)
            .capacity(QUEUED_MAX)
            .drainLimit(LIMIT)
            .virtualThreads()
            .start(registry);
  }

  Rates rates() {
    return rates;
  }

  void set(Rates wanted) {
    if (!wanted.equals(Rates.NONE)) {
      shoppers.openAccounts();
    }
    rates = wanted;
  }

  @Scheduled(fixedRate = 1_000 / TICKS_PER_SECOND)
  void tick() {
    Rates now = rates;
    int tick = ticks++ % TICKS_PER_SECOND;
    for (int i = part(now.paymentsPerSecond(), tick); i > 0; i--) {
      submit(shoppers::pay);
    }
    int events = part(now.eventsPerSecond(), tick);
    if (events > 0) {
      submit(() -> shoppers.browse(events));
    }
  }

  /** The share of one tick, so that all ticks of a second add up to the rate. */
  private static int part(int perSecond, int tick) {
    return perSecond * (tick + 1) / TICKS_PER_SECOND - perSecond * tick / TICKS_PER_SECOND;
  }

  private void submit(Task task) {
    try {
      var _ = workers.submit(task, Deadline.after(LIMIT));
    } catch (RejectedExecutionException e) {
      log.debug("The sandbox's traffic waits for the service; a request was left out", e);
    }
  }

  private static void run(List<Job<Task, Boolean>> jobs) {
    for (Job<Task, Boolean> job : jobs) {
      job.complete(
          () -> {
            job.item().run();
            return true;
          });
    }
  }

  @PreDestroy
  void close() {
    rates = Rates.NONE;
    workers.close();
  }
}
