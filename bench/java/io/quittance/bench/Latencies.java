package io.quittance.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** Latencies in microseconds, by kind of operation. Confined to one thread. */
final class Latencies {

  private static final long MAX_MICROS = 60_000_000;
  private static final int DIGITS = 3;

  private final Map<Kind, Histogram> histograms = new EnumMap<>(Kind.class);

  static Histogram histogram() {
    return new Histogram(MAX_MICROS, DIGITS);
  }

  /** A percentile in milliseconds; 0 if there is nothing. */
  static double ms(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1_000.0;
  }

  void record(Kind kind, long micros) {
    of(kind).recordValue(Math.min(micros, MAX_MICROS));
  }

  void add(Latencies more) {
    more.histograms.forEach((kind, histogram) -> of(kind).add(histogram));
  }

  Set<Kind> kinds() {
    return histograms.keySet();
  }

  Histogram of(Kind kind) {
    return histograms.computeIfAbsent(kind, any -> histogram());
  }

  Histogram all() {
    Histogram all = histogram();
    histograms.values().forEach(all::add);
    return all;
  }
}
