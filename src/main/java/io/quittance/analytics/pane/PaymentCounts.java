package io.quittance.analytics.pane;

import java.util.UUID;

/** How many changes of payments are stored, and how many of them panes have. */
public interface PaymentCounts {

  /**
   * The counts of a merchant, as of one instant.
   *
   * @param events that the journal has stored
   * @param counted those of them that panes have
   */
  record Counts(long events, long counted) {

    public static final Counts NONE = new Counts(0, 0);
  }

  Counts of(UUID merchantId);
}
