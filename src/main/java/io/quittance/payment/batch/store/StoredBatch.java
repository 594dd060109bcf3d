package io.quittance.payment.batch.store;

import io.quittance.web.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is stored, without its items.
 *
 * @param status as it is stored, which may be one that is not shown
 * @param begins whether the present run may still begin items
 * @param leaseUntil until when it is left to who carries it out, by the database's clock
 * @param run counts those who have carried it out, so that an earlier one can be told to stop
 * @param rests how often it has come to rest
 */
public record StoredBatch(
    UUID merchantId,
    UUID id,
    String status,
    Asked asked,
    BatchCounts counts,
    boolean background,
    boolean begins,
    int grantedMs,
    int usedMs,
    Instant endsAt,
    Instant leaseUntil,
    int run,
    int rests,
    Instant createdAt,
    @Nullable Instant completedAt) {

  /** What was asked for, items aside. */
  public record Asked(
      BatchMode mode, BatchOnFailure onFailure, @Nullable String reference, String metadata) {}

  public StoredBatch with(BatchStatus shown) {
    return with(shown.text());
  }

  public StoredBatch with(String other) {
    return new StoredBatch(
        merchantId,
        id,
        other,
        asked,
        counts,
        background,
        begins,
        grantedMs,
        usedMs,
        endsAt,
        leaseUntil,
        run,
        rests,
        createdAt,
        completedAt);
  }

  public StoredBatch counting(BatchCounts other) {
    return new StoredBatch(
        merchantId,
        id,
        status,
        asked,
        other,
        background,
        begins,
        grantedMs,
        usedMs,
        endsAt,
        leaseUntil,
        run,
        rests,
        createdAt,
        completedAt);
  }

  /** As it comes to rest, with the counts that it has. */
  public StoredBatch resting(int used, Instant now) {
    return new StoredBatch(
        merchantId,
        id,
        counts.atRest().text(),
        asked,
        counts,
        background,
        false,
        grantedMs,
        used,
        endsAt,
        leaseUntil,
        run,
        rests + 1,
        createdAt,
        now);
  }

  /** As it is shown for the first time, in the hands of the replica that prepared it. */
  public StoredBatch shown(Instant now) {
    return processing(background, grantedMs, endsAt, now, run);
  }

  /** As it goes on after it has come to rest, in the hands of another run. */
  public StoredBatch resumed(boolean inBackground, Duration granted, Instant now) {
    return processing(inBackground, (int) granted.toMillis(), now.plus(granted), now, run + 1);
  }

  private StoredBatch processing(
      boolean inBackground, int granted, Instant ends, Instant now, int runs) {
    return new StoredBatch(
        merchantId,
        id,
        BatchStatus.PROCESSING.text(),
        asked,
        counts,
        inBackground,
        true,
        granted,
        0,
        ends,
        now.plus(BatchLeases.LEASE),
        runs,
        rests,
        createdAt,
        null);
  }

  public boolean processing() {
    return status.equals(BatchStatus.PROCESSING.text());
  }

  public String text() {
    return TypeId.format("bat", id);
  }
}
