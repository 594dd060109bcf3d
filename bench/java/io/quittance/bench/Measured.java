package io.quittance.bench;

import org.HdrHistogram.Histogram;

/**
 * One stretch of load.
 *
 * @param acknowledged operations that were answered in the measured window
 * @param latencies in an open loop counted from the scheduled start
 */
record Measured(
    long acknowledged,
    double seconds,
    Latencies latencies,
    Probe.Sample before,
    Probe.Sample after) {

  /** What the counters went up by. */
  Probe.Sample difference() {
    return after.minus(before);
  }

  double perSecond() {
    return acknowledged / seconds;
  }

  double commitsEach() {
    return (double) difference().transactionIds() / acknowledged;
  }

  double walBytesEach() {
    return (double) difference().walBytes() / acknowledged;
  }

  /** Whether it has a journal, and a process of its own. */
  boolean ofService() {
    return difference().batches() > 0;
  }

  double commandsPerBatch() {
    return difference().commands() / difference().batches();
  }

  /** Processor time of the service's process. */
  double cpuMicrosEach() {
    return difference().cpuSeconds() * 1e6 / acknowledged;
  }

  Histogram latency() {
    return latencies.all();
  }

  static double percentileMs(Histogram latency, double percentile) {
    return latency.getValueAtPercentile(percentile) / 1_000.0;
  }
}
