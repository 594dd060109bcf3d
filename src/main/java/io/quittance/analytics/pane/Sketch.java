package io.quittance.analytics.pane;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.List;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.kll.KllFloatsSketch;

/**
 * A summary of values that cannot be added up, in a few kilobytes however many there are. Sketches
 * of the same kind can be merged, in any order. Not thread-safe.
 */
public sealed interface Sketch {

  /**
   * Merges another sketch of the same kind, as {@link #bytes} wrote it.
   *
   * @throws RuntimeException it cannot be read; nothing was merged
   */
  void merge(byte[] other);

  /** Merges another sketch of the same kind. */
  void merge(Sketch other);

  /** An empty sketch of this kind. */
  Sketch fresh();

  byte[] bytes();

  /**
   * The number of distinct values: HyperLogLog, with a standard error of 1.6 %; small numbers are
   * exact.
   */
  final class Distinct implements Sketch {

    private static final int LOG2_REGISTERS = 12;

    private final HllUnion union = new HllUnion(LOG2_REGISTERS);

    /** A value, or a hash of 64 bits of it. */
    public void add(long value) {
      union.update(value);
    }

    public double estimate() {
      return union.getEstimate();
    }

    @Override
    public void merge(byte[] other) {
      union.update(HllSketch.heapify(other));
    }

    @Override
    public void merge(Sketch other) {
      union.update(((Distinct) other).union);
    }

    @Override
    public Distinct fresh() {
      return new Distinct();
    }

    @Override
    public byte[] bytes() {
      // In the form of the union: denser forms would have to be converted at each merge.
      return union.getResult(TgtHllType.HLL_8).toCompactByteArray();
    }
  }

  /**
   * The distribution of values: KLL, whose quantiles are within 0.7 % of the requested rank (99 %
   * of the time); a few hundred values are exact.
   */
  final class Quantiles implements Sketch {

    private static final int K = 400;

    private final KllFloatsSketch values = KllFloatsSketch.newHeapInstance(K);

    public void add(double value) {
      values.update((float) value);
    }

    /** The value below which this share of all values lies, 0 to 1; NaN if there are none. */
    public double quantile(double rank) {
      return values.isEmpty() ? Double.NaN : values.getQuantile(rank);
    }

    @Override
    public void merge(byte[] other) {
      values.merge(KllFloatsSketch.heapify(MemorySegment.ofArray(other)));
    }

    @Override
    public void merge(Sketch other) {
      values.merge(((Quantiles) other).values);
    }

    @Override
    public Quantiles fresh() {
      return new Quantiles();
    }

    @Override
    public byte[] bytes() {
      return values.toByteArray();
    }
  }

  /**
   * The values with the largest weights: Misra and Gries's frequent items. Up to 192 different
   * values are exact; with more, a weight is off by at most 1.4 % of the total. There is no limit
   * to weights; what comes to more than 2<sup>62</sup> is rounded ({@link ScaledItems}).
   */
  final class Frequent implements Sketch {

    private final ScaledItems values = new ScaledItems();

    /** A value and its weight. */
    public record Weighed(String value, BigInteger weight) {}

    /**
     * @param weight 1 or more
     */
    public void add(String value, long weight) {
      values.add(value, weight);
    }

    /** The heaviest values first; those that are lighter than the error are not certain. */
    public List<Weighed> heaviest(int limit) {
      return values.heaviest().limit(limit).toList();
    }

    @Override
    public void merge(byte[] other) {
      values.merge(ScaledItems.read(other));
    }

    @Override
    public void merge(Sketch other) {
      values.merge(((Frequent) other).values);
    }

    @Override
    public Frequent fresh() {
      return new Frequent();
    }

    @Override
    public byte[] bytes() {
      return values.bytes();
    }
  }
}
