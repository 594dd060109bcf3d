package io.quittance.payment.create;

import io.quittance.fraud.Screening;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answer of {@link Screener} for {@link BeginPayment}, which may already be queued or
 * committed when it comes. Thread-safe.
 */
public final class ScreeningSlot {

  private volatile @Nullable Screening screening;

  Screening put(Screening answer) {
    screening = answer;
    return answer;
  }

  /** Null until screening has answered. */
  @Nullable Screening get() {
    return screening;
  }
}
