package io.quittance.ledger.report;

import io.quittance.database.TooManyReportsException;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The room on the local disk for exports that wait for their readers. One merchant's have half of
 * it at most. Thread-safe.
 */
@Component
final class ExportSpool {

  private final long limit;
  private final Map<UUID, Long> used = new HashMap<>();
  private long total;

  ExportSpool(LedgerProperties properties) {
    this.limit = properties.exportSpool().toBytes();
  }

  /** An empty file, to be closed by its owner. */
  SpoolFile open(UUID merchantId) throws IOException {
    return new SpoolFile(this, merchantId);
  }

  /**
   * Takes room for a part of a file.
   *
   * @param file how much of it the file has already
   * @throws Problem 400 when the file alone is too large
   * @throws TooManyReportsException when other files leave no room now
   */
  synchronized void take(UUID merchantId, long file, int bytes) {
    if (file + bytes > limit / 2) {
      throw tooLarge();
    }
    long own = used.getOrDefault(merchantId, 0L) + bytes;
    if (own > limit / 2 || total + bytes > limit) {
      throw new TooManyReportsException(
          "Exports that wait for their readers leave no room for another one.");
    }
    used.put(merchantId, own);
    total += bytes;
  }

  private Problem tooLarge() {
    return Problem.invalid(
        List.of(
            InputError.of(
                "from",
                Code.OUT_OF_RANGE,
                "must be closer to `to`: compressed, an export may have %d bytes"
                    .formatted(limit / 2))));
  }

  synchronized void giveBack(UUID merchantId, long bytes) {
    total -= bytes;
    used.computeIfPresent(merchantId, (_, own) -> own == bytes ? null : own - bytes);
  }
}
