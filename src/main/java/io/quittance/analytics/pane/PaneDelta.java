package io.quittance.analytics.pane;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is added to a pane. Counts and amounts are negative where something is subtracted that was
 * counted under other labels before. Not thread-safe.
 */
public final class PaneDelta {

  private long occurrences;
  private long amount;
  private BigInteger largeAmount = BigInteger.ZERO;
  private @Nullable Sketch sketch;

  public PaneDelta occurrences(long more) {
    occurrences = Math.addExact(occurrences, more);
    return this;
  }

  /** Minor units of the one currency that the labels name; the sum may be larger than a long. */
  public PaneDelta amount(long more) {
    long sum = amount + more;
    if (((amount ^ sum) & (more ^ sum)) < 0) {
      largeAmount = totalAmount();
      amount = more;
    } else {
      amount = sum;
    }
    return this;
  }

  /** Adds a value to the quantiles; a pane has one kind of sketch. */
  public PaneDelta sample(double value) {
    sketch = sketch == null ? new Sketch.Quantiles() : sketch;
    ((Sketch.Quantiles) sketch).add(value);
    return this;
  }

  /** Adds a value, or its hash, to the distinct values. */
  public PaneDelta distinct(long value) {
    sketch = sketch == null ? new Sketch.Distinct() : sketch;
    ((Sketch.Distinct) sketch).add(value);
    return this;
  }

  /** Adds a value to the frequent values, with its weight, 1 or more. */
  public PaneDelta frequent(String value, long weight) {
    sketch = sketch == null ? new Sketch.Frequent() : sketch;
    ((Sketch.Frequent) sketch).add(value, weight);
    return this;
  }

  /** Adds all of another delta. */
  public void add(PaneDelta other) {
    occurrences(other.occurrences);
    amount(other.amount);
    largeAmount = largeAmount.add(other.largeAmount);
    if (other.sketch != null) {
      sketch = sketch == null ? other.sketch.fresh() : sketch;
      sketch.merge(other.sketch);
    }
  }

  boolean changesNothing() {
    return occurrences == 0 && totalAmount().signum() == 0 && sketch == null;
  }

  public long totalOccurrences() {
    return occurrences;
  }

  public BigInteger totalAmount() {
    return largeAmount.add(BigInteger.valueOf(amount));
  }

  public @Nullable Sketch sketch() {
    return sketch;
  }
}
