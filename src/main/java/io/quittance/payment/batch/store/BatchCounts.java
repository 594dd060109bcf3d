package io.quittance.payment.batch.store;

import io.quittance.payment.batch.item.ItemStatus;
import jakarta.validation.constraints.Min;
import java.util.Collection;
import java.util.function.Function;

/** How many items of a batch are in each state; the states' counts sum to the total. */
public record BatchCounts(
    @Min(0) int total,
    @Min(0) int succeeded,
    @Min(0) int authorized,
    @Min(0) int inReview,
    @Min(0) int declined,
    @Min(0) int failed,
    @Min(0) int processing,
    @Min(0) int unknown,
    @Min(0) int notStarted) {

  public static <T> BatchCounts of(Collection<T> items, Function<T, ItemStatus> status) {
    int[] n = new int[ItemStatus.values().length];
    items.forEach(item -> n[status.apply(item).ordinal()]++);
    return new BatchCounts(
        items.size(),
        n[ItemStatus.SUCCEEDED.ordinal()],
        n[ItemStatus.AUTHORIZED.ordinal()],
        n[ItemStatus.IN_REVIEW.ordinal()],
        n[ItemStatus.DECLINED.ordinal()],
        n[ItemStatus.FAILED.ordinal()],
        n[ItemStatus.PROCESSING.ordinal()],
        n[ItemStatus.UNKNOWN.ordinal()],
        n[ItemStatus.NOT_STARTED.ordinal()]);
  }

  /** The counts of a batch with no item started. */
  static BatchCounts notStarted(int total) {
    return new BatchCounts(total, 0, 0, 0, 0, 0, 0, 0, total);
  }

  /** These counts, with all items that are in no other state counted as not started. */
  BatchCounts withTheRestNotStarted() {
    int rest = total - succeeded - authorized - inReview - declined - failed - processing - unknown;
    return new BatchCounts(
        total, succeeded, authorized, inReview, declined, failed, processing, unknown, rest);
  }

  /** Items whose outcome is not known yet. */
  public int open() {
    return processing + unknown;
  }

  /** The status of an ended batch with these counts. */
  BatchStatus atRest() {
    int well = succeeded + authorized;
    if (well == total) {
      return BatchStatus.COMPLETED;
    }
    return well == 0 ? BatchStatus.FAILED : BatchStatus.PARTIAL;
  }
}
