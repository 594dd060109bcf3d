package io.quittance.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.identity.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Divides a quarter of the heap among merchants, each its fair share ({@link FairShares}). Keys
 * have no shares of their own, because a merchant can make many. Thread-safe.
 */
final class MemoryShares {

  private static final int MEMORY_PART = 4;

  private final long limitBytes = Runtime.getRuntime().maxMemory() / MEMORY_PART;
  private final FairShares underWay = new FairShares();

  /**
   * @param name of the metric that tells how much is taken, without its unit
   */
  MemoryShares(String name, String description, MeterRegistry registry) {
    Gauge.builder(name, underWay, FairShares::total)
        .description(description)
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
  }

  /**
   * Takes memory for a request; a request without a merchant is not counted.
   *
   * @return whether it was taken; if so, the request must {@link #giveBack} it
   */
  boolean take(HttpServletRequest request, long bytes) {
    UUID merchantId = merchant(request);
    return bytes == 0 || merchantId == null || underWay.take(merchantId, bytes, limitBytes);
  }

  /** Gives back the memory of a request. */
  void giveBack(HttpServletRequest request, long bytes) {
    UUID merchantId = merchant(request);
    if (bytes > 0 && merchantId != null) {
      underWay.giveBack(merchantId, bytes);
    }
  }

  private static @Nullable UUID merchant(HttpServletRequest request) {
    return request.getAttribute(Caller.ATTRIBUTE) instanceof Caller caller
        ? caller.merchantId()
        : null;
  }
}
