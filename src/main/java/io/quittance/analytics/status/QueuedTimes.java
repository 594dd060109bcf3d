package io.quittance.analytics.status;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.time.Duration;
import java.util.Arrays;
import org.springframework.stereotype.Component;

/** Adds a histogram to each worker pool's time in the queue. Stateless. */
@Component
final class QueuedTimes implements MeterFilter {

  static final String METER = "quittance.pool.queued";

  private static final int[] BUCKETS_MICROS = {
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000
  };

  private static final double NANOS_PER_MS = 1e6;

  @Override
  public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
    return id.getName().equals(METER)
        ? DistributionStatisticConfig.builder()
            .serviceLevelObjectives(
                Arrays.stream(BUCKETS_MICROS)
                    .mapToDouble(micros -> Duration.ofNanos(1_000L * micros).toNanos())
                    .toArray())
            .build()
            .merge(config)
        : config;
  }

  /** How many jobs each bucket has; those above the last bucket come last. */
  static long[] counts(Timer queued) {
    HistogramSnapshot snapshot = queued.takeSnapshot();
    CountAtBucket[] buckets = snapshot.histogramCounts();
    long[] counts = new long[buckets.length + 1];
    double below = 0;
    for (int i = 0; i < buckets.length; i++) {
      counts[i] = Math.round(buckets[i].count() - below);
      below = buckets[i].count();
    }
    counts[buckets.length] = Math.max(0, Math.round(snapshot.count() - below));
    return counts;
  }

  /**
   * The upper bound, in milliseconds, of the bucket with this quantile; the last bucket's if it is
   * above that.
   *
   * @param before the counts before the jobs in question
   */
  static double quantileMs(double rank, long[] counts, long[] before) {
    long total = 0;
    long[] since = new long[counts.length];
    for (int i = 0; i < counts.length; i++) {
      since[i] = Math.max(0, counts[i] - (i < before.length ? before[i] : 0));
      total += since[i];
    }
    long below = 0;
    for (int i = 0; i < since.length && total > 0; i++) {
      below += since[i];
      if (below >= rank * total) {
        int bucket = Math.min(i, BUCKETS_MICROS.length - 1);
        return BUCKETS_MICROS[bucket] * 1_000L / NANOS_PER_MS;
      }
    }
    return 0;
  }
}
