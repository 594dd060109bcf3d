package io.quittance.payment.create;

import io.quittance.fraud.Screening;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link Screener} leaves its answer for {@link BeginPayment}, which may be queued by then,
 * or even committed. Thread-safe.
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
