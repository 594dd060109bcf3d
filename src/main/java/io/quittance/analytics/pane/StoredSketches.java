package io.quittance.analytics.pane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads the sketches of stored panes. One that cannot be read counts as empty, with a warning, so
 * that the merchant's other figures are still shown. Thread-safe.
 */
@Component
public final class StoredSketches {

  private static final Logger log = LoggerFactory.getLogger(StoredSketches.class);

  private final Counter unreadable;

  public StoredSketches(MeterRegistry registry) {
    this.unreadable =
        Counter.builder("quittance.analytics.unreadable.sketches")
            .description("Sketches of panes that could not be read and were taken as empty")
            .register(registry);
  }

  /**
   * Merges a stored sketch into one of its kind.
   *
   * @param stored as {@link Sketch#bytes} wrote it
   * @param startsAt when its pane begins, in seconds since 1970
   * @return false: it cannot be read; nothing was merged
   */
  public boolean merge(byte[] stored, Sketch into, UUID merchantId, String metric, long startsAt) {
    try {
      into.merge(stored);
      return true;
    } catch (RuntimeException e) {
      unreadable.increment();
      log.warn(
          "The sketch of {} of {} from {} cannot be read and is taken as empty: {}",
          metric,
          TypeId.format("mch", merchantId),
          Instant.ofEpochSecond(startsAt),
          e.toString());
      return false;
    }
  }
}
