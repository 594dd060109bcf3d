package io.quittance.payment.batch.store;

import io.quittance.payment.batch.item.ItemStatus;
import jakarta.validation.constraints.Min;
import java.util.Collection;
import java.util.function.Function;

/** How many items of a batch are in which state; all but the total sum to it. */
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

  /** Of a batch of which nothing was begun. */
  static BatchCounts notStarted(int total) {
    return new BatchCounts(total, 0, 0, 0, 0, 0, 0, 0, total);
  }

  /** As these, where all that is in no other count was not started. */
  BatchCounts withTheRestNotStarted() {
    int rest = total - succeeded - authorized - inReview - declined - failed - processing - unknown;
    return new BatchCounts(
        total, succeeded, authorized, inReview, declined, failed, processing, unknown, rest);
  }

  /** Items whose outcome is not known yet. */
  public int open() {
    return processing + unknown;
  }

  /** The status of a batch that rests with these. */
  BatchStatus atRest() {
    int well = succeeded + authorized;
    if (well == total) {
      return BatchStatus.COMPLETED;
    }
    return well == 0 ? BatchStatus.FAILED : BatchStatus.PARTIAL;
  }
}
