package io.quittance.bench;

import org.HdrHistogram.Histogram;

/**
 * One stretch of load.
 *
 * @param acknowledged payments that were answered in the measured window
 * @param acknowledgedInAll those before and after it included
 * @param latency in microseconds; in an open loop counted from the scheduled start
 */
record Measured(
    long acknowledged,
    long acknowledgedInAll,
    double seconds,
    Histogram latency,
    Probe.Sample before,
    Probe.Sample after) {

  static final long LATENCY_MAX_MICROS = 60_000_000;
  static final int DIGITS = 3;

  static Histogram histogram() {
    return new Histogram(LATENCY_MAX_MICROS, DIGITS);
  }

  /** What the counters went up by. */
  Probe.Sample difference() {
    return after.minus(before);
  }

  double perSecond() {
    return acknowledged / seconds;
  }

  double commitsPerPayment() {
    return (double) difference().transactionIds() / acknowledged;
  }

  double walBytesPerPayment() {
    return (double) difference().walBytes() / acknowledged;
  }

  double commandsPerBatch() {
    return difference().commands() / difference().batches();
  }

  /** Processor time of the service's process. */
  double cpuMicrosPerPayment() {
    return difference().cpuSeconds() * 1e6 / acknowledged;
  }

  double percentileMs(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1_000.0;
  }

  double maxMs() {
    return latency.getMaxValue() / 1_000.0;
  }
}
