package io.quittance.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.access.RequestSender;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Bounds the memory of requests whose bodies are still arriving: those of one key to a quarter of
 * the limit, those of a merchant as {@link FairShares} has it. Thread-safe.
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
   * Makes room for a request; whether there was any. Then it must {@link #leave}.
   *
   * @param bodyBytes what its body may come to
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
