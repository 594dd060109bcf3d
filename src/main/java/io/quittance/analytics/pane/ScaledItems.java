package io.quittance.analytics.pane;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.datasketches.common.ArrayOfStringsSerDe;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.FrequentItemsSketch;
import org.apache.datasketches.frequencies.FrequentItemsSketch.Row;

/**
 * The frequent items of the library, whose weights cannot overflow. The library adds all of them up
 * in one signed long, and what has overflowed cannot be read again. So here a sum that comes near
 * that range is kept in a unit of 2, 4, 8 and so on, and weights are rounded down to it: by less
 * than a part in 2<sup>61</sup> of the sum. Not thread-safe.
 */
final class ScaledItems {

  /** The sum of two such sums still fits into a long. */
  private static final long SUM_MAX = Long.MAX_VALUE / 2;

  private static final int MAP_SIZE = 256;

  /** A byte of the library's preamble that it writes as 0 and does not read. */
  private static final int UNIT_BYTE = 6;

  private static final ArrayOfStringsSerDe TEXTS = new ArrayOfStringsSerDe();

  private FrequentItemsSketch<String> items;

  /** Weights are counted in 2 to the power of this. */
  private int unit;

  ScaledItems() {
    this(new FrequentItemsSketch<>(MAP_SIZE), 0);
  }

  private ScaledItems(FrequentItemsSketch<String> items, int unit) {
    this.items = items;
    this.unit = unit;
  }

  /**
   * @throws RuntimeException {@link #bytes} did not write this, or its sum has overflowed
   */
  static ScaledItems read(byte[] bytes) {
    var items = FrequentItemsSketch.getInstance(MemorySegment.ofArray(bytes), TEXTS);
    long left = items.getStreamLength();
    for (Row<String> row : rows(items)) {
      left -= row.getLowerBound();
      if (left < 0) {
        throw new IllegalArgumentException("the items weigh more than their sum");
      }
    }
    int unit = bytes[UNIT_BYTE];
    if (unit < 0 || unit >= Long.SIZE) {
      throw new IllegalArgumentException("no unit of weights is 2 to the power of " + unit);
    }
    return new ScaledItems(items, unit);
  }

  private static Row<String>[] rows(FrequentItemsSketch<String> items) {
    return items.getFrequentItems(0, ErrorType.NO_FALSE_NEGATIVES);
  }

  /**
   * @param weight 0 or more
   */
  void add(String item, long weight) {
    makeRoom(weight, 0);
    items.update(item, weight >> unit);
  }

  void merge(ScaledItems other) {
    makeRoom(other.items.getStreamLength(), other.unit);
    items.merge(other.in(unit));
  }

  /** Chooses the smallest unit in which this much can be added. */
  private void makeRoom(long more, int unitOfMore) {
    int next = Math.max(unit, unitOfMore);
    while (items.getStreamLength() >> next - unit > SUM_MAX - (more >> next - unitOfMore)) {
      next++;
    }
    items = in(next);
    unit = next;
  }

  /** The items, in this unit, which must be the same or larger. */
  private FrequentItemsSketch<String> in(int larger) {
    if (larger == unit) {
      return items;
    }
    var scaled = new FrequentItemsSketch<String>(MAP_SIZE);
    for (Row<String> row : rows(items)) {
      // The lower bounds' sum is at most the items', that of the estimates may be more.
      scaled.update(row.getItem(), row.getLowerBound() >> larger - unit);
    }
    return scaled;
  }

  /** The heaviest first. */
  Stream<Sketch.Frequent.Weighed> heaviest() {
    return Arrays.stream(rows(items))
        .map(
            row ->
                new Sketch.Frequent.Weighed(
                    row.getItem(), BigInteger.valueOf(row.getEstimate()).shiftLeft(unit)));
  }

  byte[] bytes() {
    byte[] bytes = items.toByteArray(TEXTS);
    bytes[UNIT_BYTE] = (byte) unit;
    return bytes;
  }
}
