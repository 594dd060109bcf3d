package io.quittance.analytics.pane;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.List;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.kll.KllFloatsSketch;

/**
 * What a pane keeps of values that cannot be summed up, in a few kilobytes however many there are.
 * Sketches of the same kind can be merged, in any order. Not thread-safe.
 */
public sealed interface Sketch {

  /**
   * Takes in another sketch of the same kind, as {@link #bytes} wrote it.
   *
   * @throws RuntimeException it cannot be read; nothing of it was taken in
   */
  void merge(byte[] other);

  /** Takes in another sketch of the same kind. */
  void merge(Sketch other);

  /** An empty one of this kind. */
  Sketch fresh();

  byte[] bytes();

  /**
   * How many values were different: HyperLogLog, with a standard error of 1.6 %; a handful is
   * counted exactly.
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
      // As the union has it: the denser forms would be converted from it, and to it, at each merge.
      return union.getResult(TgtHllType.HLL_8).toCompactByteArray();
    }
  }

  /**
   * How values are spread: KLL, whose quantiles are within 0.7 % of the rank that was asked for (99
   * % of the time); a few hundred values are kept exactly.
   */
  final class Quantiles implements Sketch {

    private static final int K = 400;

    private final KllFloatsSketch values = KllFloatsSketch.newHeapInstance(K);

    public void add(double value) {
      values.update((float) value);
    }

    /** The value below which this part of all lies, 0 to 1; NaN when there are none. */
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
   * Which values weigh most: Misra and Gries's frequent items. Up to 192 different values are
   * exact; beyond, a weight is off by at most 1.4 % of the weight of all. There is no limit to
   * weights; what comes to more than 2<sup>62</sup> is rounded ({@link ScaledItems}).
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
