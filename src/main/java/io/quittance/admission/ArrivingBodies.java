package io.quittance.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.access.RequestSender;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Limits the memory of requests whose bodies are still arriving. One key may have a quarter of the
 * limit, and so may all unknown senders together; a merchant may have its fair share ({@link
 * FairShares}). Thread-safe.
 */
@Component
final class ArrivingBodies {

  /** What a request takes without its body: a thread, and the connection's buffers. */
  static final long REQUEST_BYTES = 16 * 1024;

  private static final int KEYS_PART = 4;
  private static final long UNLIMITED = Long.MAX_VALUE / 4;

  private final long limitBytes;
  private final FairShares ofMerchants = new FairShares();
  private final ConcurrentHashMap<ByteBuffer, Long> ofKeys = new ConcurrentHashMap<>();

  ArrivingBodies(AdmissionProperties properties, MeterRegistry registry) {
    this.limitBytes = properties.enabled() ? properties.halfSent().toBytes() : UNLIMITED;
    Gauge.builder("quittance.admission.half.sent", ofMerchants, FairShares::total)
        .description("Memory that requests whose bodies are arriving may take")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
  }

  /**
   * Takes memory for a request; false if there is none left. If it returns true, the request must
   * {@link #leave}.
   *
   * @param bodyBytes the most bytes that its body may have
   */
  boolean enter(RequestSender sender, long bodyBytes) {
    long bytes = REQUEST_BYTES + bodyBytes;
    if (ofKeys.merge(sender.key(), bytes, Long::sum) > limitBytes / KEYS_PART) {
      release(sender, bytes);
      return false;
    }
    if (!ofMerchants.take(sender.party(), bytes, limitBytes)) {
      release(sender, bytes);
      return false;
    }
    return true;
  }

  void leave(RequestSender sender, long bodyBytes) {
    long bytes = REQUEST_BYTES + bodyBytes;
    ofMerchants.giveBack(sender.party(), bytes);
    release(sender, bytes);
  }

  private void release(RequestSender sender, long bytes) {
    ofKeys.computeIfPresent(
        sender.key(), (key, all) -> all == bytes ? null : Long.valueOf(all - bytes));
  }
}
