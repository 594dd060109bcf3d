package io.quittance.analytics.query;

import io.quittance.analytics.pane.Sketch;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The sums of the panes of one point. Not thread-safe. */
final class Cell {

  private long occurrences;
  private long part;
  private BigInteger amount = BigInteger.ZERO;
  private @Nullable Sketch sketch;

  void count(long more) {
    occurrences += more;
  }

  /** Adds to the part whose share of the whole is computed. */
  void countPart(long more) {
    part += more;
  }

  void add(BigInteger more) {
    amount = amount.add(more);
  }

  void merge(@Nullable Sketch other) {
    if (other != null) {
      sketch = sketch == null ? other.fresh() : sketch;
      sketch.merge(other);
    }
  }

  long occurrences() {
    return occurrences;
  }

  /** The part's share of the whole, 0 to 1. */
  double share() {
    return (double) part / occurrences;
  }

  BigInteger amount() {
    return amount;
  }

  @Nullable Sketch sketch() {
    return sketch;
  }
}
