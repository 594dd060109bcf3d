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
 * @param status as it is stored, which may be one that is not shown
 * @param run the present one, or the last
 * @param rests how often it has come to rest
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

  /** What was asked for, items aside. */
  public record Asked(
      BatchMode mode, FailurePolicy onFailure, @Nullable String reference, String metadata) {}

  /**
   * How it is carried out, from its beginning or a resumption until it comes to rest.
   *
   * @param number counts those who have carried it out, so that an earlier one can be told to stop
   * @param begins whether it may still begin items
   * @param leaseUntil until when it is left to who carries it out, by the database's clock
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

  /** One that is asked for now, and not stored yet. */
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

  /** As it is remembered after it was refused as a whole. */
  public StoredBatch refused(BatchCounts ends) {
    return changed(BatchStatus.REFUSED, ends, run, rests, completedAt);
  }

  /** As it comes to rest, with these counts. */
  public StoredBatch completed(BatchCounts ends, int usedMs, Instant now) {
    return changed(ends.atRest().text(), ends, run.over(usedMs), rests + 1, now);
  }

  /** As it is first visible: processing, carried out by the replica that prepared it. */
  public StoredBatch published(Instant now) {
    return processing(Run.beginning(run.number, run.background, run.grantedMs, run.endsAt, now));
  }

  /** As it goes on after it has come to rest, in the hands of another run. */
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
