package io.quittance.payment.batch.store;

import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is stored, without its items.
 *
 * @param status as it is stored, which may be one that is not shown
 * @param begins whether the present run may still begin items
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
        run,
        rests + 1,
        createdAt,
        now);
  }

  public boolean processing() {
    return status.equals(BatchStatus.PROCESSING.text());
  }

  public String text() {
    return TypeId.format("bat", id);
  }
}
