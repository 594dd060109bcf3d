package io.quittance;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Wraps each periodic job in a {@link WatchedJob}. Thread-safe. */
final class WatchingScheduler extends ThreadPoolTaskScheduler {

  private final transient MeterRegistry registry;

  WatchingScheduler(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable job, Instant start, Duration period) {
    return super.scheduleAtFixedRate(watched(job, period), start, period);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable job, Duration period) {
    return super.scheduleAtFixedRate(watched(job, period), period);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(Runnable job, Instant start, Duration delay) {
    return super.scheduleWithFixedDelay(watched(job, delay), start, delay);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(Runnable job, Duration delay) {
    return super.scheduleWithFixedDelay(watched(job, delay), delay);
  }

  private Runnable watched(Runnable job, Duration interval) {
    return WatchedJob.of(job, interval, registry, Ticker.SYSTEM);
  }
}
