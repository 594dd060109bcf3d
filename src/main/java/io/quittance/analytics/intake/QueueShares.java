package io.quittance.analytics.intake;

import io.quittance.admission.FairShares;

/**
 * Limits how much of a worker's queue each merchant may use: its fair share, both in bodies and in
 * bytes, until the bodies are counted. Thread-safe.
 */
final class QueueShares {

  /** While several merchants share the queue, it holds up to twice as many. */
  static final int BODIES_MAX = 1024;

  private final FairShares bodies = new FairShares();
  private final FairShares bytes = new FairShares();
  private final long bytesMax;

  QueueShares(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes room for a body, if its merchant may have more; it must be given back. */
  boolean take(Body body) {
    if (!bodies.take(body.merchantId(), 1, BODIES_MAX)) {
      return false;
    }
    if (!bytes.take(body.merchantId(), body.bytes(), bytesMax)) {
      bodies.giveBack(body.merchantId(), 1);
      return false;
    }
    return true;
  }

  void giveBack(Body body) {
    bodies.giveBack(body.merchantId(), 1);
    bytes.giveBack(body.merchantId(), body.bytes());
  }

  /** How many bytes are in use. */
  long bytes() {
    return bytes.total();
  }
}
