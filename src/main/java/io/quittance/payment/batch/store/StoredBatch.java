package io.quittance.payment.batch.store;

import io.quittance.concurrency.Deadline;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is stored, without its items.
 *
 * @param status the stored status, which may be one that merchants do not see
 * @param run the current run, or the last one
 * @param rests how often it has ended
 */
public record StoredBatch(
    UUID merchantId,
    UUID id,
    String status,
    Asked asked,
    BatchCounts counts,
    Run run,
    int rests,
    Instant createdAt,
    @Nullable Instant completedAt) {

  /** The request, without the items. */
  public record Asked(
      BatchMode mode, FailurePolicy onFailure, @Nullable String reference, String metadata) {}

  /**
   * One run of the batch, from its start or resumption until it ends.
   *
   * @param number counts the runs and takeovers, so that an earlier owner can be told to stop
   * @param begins whether it may still start items
   * @param leaseUntil until when only the owner may run it, by the database's clock
   */
  public record Run(
      int number,
      boolean background,
      boolean begins,
      int grantedMs,
      int usedMs,
      Instant endsAt,
      Instant leaseUntil) {

    private static Run beginning(
        int number, boolean background, int grantedMs, Instant endsAt, Instant now) {
      return new Run(number, background, true, grantedMs, 0, endsAt, now.plus(BatchLeases.LEASE));
    }

    private Run over(int used) {
      return new Run(number, background, false, grantedMs, used, endsAt, leaseUntil);
    }
  }

  /** A batch that is requested now, and not stored yet. */
  public static StoredBatch preparing(
      UUID merchantId, Asked asked, int items, boolean background, Deadline deadline, Instant now) {
    return new StoredBatch(
        merchantId,
        TypeId.next(),
        BatchStatus.PREPARING,
        asked,
        BatchCounts.notStarted(items),
        Run.beginning(
            1,
            background,
            (int) deadline.granted().toMillis(),
            now.plus(deadline.remaining()),
            now),
        0,
        now,
        null);
  }

  private StoredBatch changed(
      String newStatus, BatchCounts newCounts, Run newRun, int newRests, @Nullable Instant ended) {
    return new StoredBatch(
        merchantId, id, newStatus, asked, newCounts, newRun, newRests, createdAt, ended);
  }

  /** The batch after it was refused as a whole. */
  public StoredBatch refused(BatchCounts ends) {
    return changed(BatchStatus.REFUSED, ends, run, rests, completedAt);
  }

  /** The batch after it has ended with these counts. */
  public StoredBatch completed(BatchCounts ends, int usedMs, Instant now) {
    return changed(ends.atRest().text(), ends, run.over(usedMs), rests + 1, now);
  }

  /** The batch when merchants first see it: processing, run by the replica that prepared it. */
  public StoredBatch published(Instant now) {
    return processing(Run.beginning(run.number, run.background, run.grantedMs, run.endsAt, now));
  }

  /** The batch after it was resumed, in a new run. */
  public StoredBatch resumed(boolean inBackground, Duration granted, Instant now) {
    return processing(
        Run.beginning(
            run.number + 1, inBackground, (int) granted.toMillis(), now.plus(granted), now));
  }

  private StoredBatch processing(Run next) {
    return changed(BatchStatus.PROCESSING.text(), counts, next, rests, null);
  }

  public boolean processing() {
    return status.equals(BatchStatus.PROCESSING.text());
  }

  public String text() {
    return TypeId.format("bat", id);
  }
}
