package io.quittance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * A scheduled job whose failures are logged here: jobs throw errors that they cannot handle, and
 * run again after their interval. Metrics show how long ago each job last succeeded and how often
 * it should run; Spring counts its failures. Thread-safe.
 */
final class WatchedJob implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(WatchedJob.class);

  /** The least time between two log lines about failures of one job. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final Runnable job;
  private final String name;
  private final Ticker ticker;
  private volatile long succeededNanos;
  private volatile Deadline silence;

  private WatchedJob(Runnable job, String name, Ticker ticker) {
    this.job = job;
    this.name = name;
    this.ticker = ticker;
    this.succeededNanos = ticker.nanoTime();
    this.silence = Deadline.after(Duration.ZERO, ticker);
  }

  /**
   * Puts a job under watch.
   *
   * @param job the job; its {@code toString} is its class and method, as Spring names scheduled
   *     methods
   * @param interval how often it should run; positive
   */
  static WatchedJob of(Runnable job, Duration interval, MeterRegistry registry, Ticker ticker) {
    var watched = new WatchedJob(job, name(job), ticker);
    Gauge.builder("quittance.scheduled.age", watched::ageSeconds)
        .description("How long ago the job last succeeded; since the start, if it has not yet")
        .baseUnit("seconds")
        .tag("task", watched.name)
        .register(registry);
    double seconds = interval.toMillis() / 1000.0;
    Gauge.builder("quittance.scheduled.interval", () -> seconds)
        .description("How long the job waits between two runs")
        .baseUnit("seconds")
        .tag("task", watched.name)
        .register(registry);
    return watched;
  }

  /** The class and the method, without the package. */
  private static String name(Runnable job) {
    String method = job.toString();
    int packageEnd = method.lastIndexOf('.', method.lastIndexOf('.') - 1);
    return method.substring(packageEnd + 1);
  }

  private double ageSeconds() {
    return TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - succeededNanos) / 1000.0;
  }

  @Override
  public void run() {
    try {
      job.run();
      succeededNanos = ticker.nanoTime();
    } catch (UndeclaredThrowableException e) {
      failed(e.getUndeclaredThrowable());
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void failed(Throwable failure) {
    if (silence.expired()) {
      silence = Deadline.after(SILENCE, ticker);
      tell(failure);
    }
  }

  private void tell(Throwable failure) {
    boolean database =
        failure instanceof DataAccessException
            || failure instanceof TransactionException
            || failure instanceof SQLException;
    if (database) {
      log.warn("The job {} failed and will run again: {}", name, failure.getMessage());
    } else {
      log.error("The job {} failed and will run again", name, failure);
    }
  }
}
