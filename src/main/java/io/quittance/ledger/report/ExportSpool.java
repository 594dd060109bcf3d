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
import org.springframework.util.unit.DataSize;

/**
 * The space on the local disk for exports that clients are downloading. A merchant may have half of
 * it, and two exports at once. Thread-safe.
 */
@Component
final class ExportSpool {

  private static final int FILES_OF_MERCHANT_MAX = 2;

  private final long limit;
  private final Map<UUID, Integer> files = new HashMap<>();
  private final Map<UUID, Long> used = new HashMap<>();
  private long total;

  ExportSpool(LedgerProperties properties) {
    this.limit = properties.exportSpool().toBytes();
  }

  /**
   * Opens an empty file, which its owner must close.
   *
   * @throws TooManyReportsException the merchant downloads as many exports already
   */
  SpoolFile open(UUID merchantId) throws IOException {
    enter(merchantId);
    try {
      return new SpoolFile(this, merchantId);
    } catch (IOException | RuntimeException e) {
      leave(merchantId, 0);
      throw e;
    }
  }

  private synchronized void enter(UUID merchantId) {
    int own = files.getOrDefault(merchantId, 0);
    if (own >= FILES_OF_MERCHANT_MAX) {
      throw new TooManyReportsException(
          "A merchant may download at most %d exports at once.".formatted(FILES_OF_MERCHANT_MAX));
    }
    files.put(merchantId, own + 1);
  }

  /**
   * Takes space for a part of a file.
   *
   * @param file the bytes that the file has already
   * @throws Problem 400 when the file alone is too large
   * @throws TooManyReportsException when there is not enough space now
   */
  synchronized void take(UUID merchantId, long file, int bytes) {
    if (file + bytes > limit / 2) {
      throw tooLarge();
    }
    long own = used.getOrDefault(merchantId, 0L) + bytes;
    if (own > limit / 2 || total + bytes > limit) {
      throw new TooManyReportsException("Too many exports are being downloaded; try again later.");
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
                "must be later, or `to` earlier: an export may have at most %d KB, compressed"
                    .formatted(DataSize.ofBytes(limit / 2).toKilobytes()))));
  }

  /** Frees the bytes of a file that is closed. */
  synchronized void leave(UUID merchantId, long bytes) {
    files.computeIfPresent(merchantId, (_, own) -> own == 1 ? null : own - 1);
    total -= bytes;
    used.computeIfPresent(merchantId, (_, own) -> own == bytes ? null : own - bytes);
  }
}
