package io.quittance.payment.batch.item;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.payment.model.Payment;
import io.quittance.web.Problem.Outcome;
import java.util.Locale;

/**
 * The status of an item in the run of its batch: that of its payment at the end of the run, or one
 * of those without a payment.
 */
public enum ItemStatus {
  SUCCEEDED,
  AUTHORIZED,
  IN_REVIEW,
  DECLINED,
  FAILED,
  /** It is under way. */
  PROCESSING,
  /** The outcome is not known yet. */
  UNKNOWN,
  /** It was not started, and is certainly not applied. */
  NOT_STARTED;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static ItemStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Whether the payment succeeded or its funds are held. */
  public boolean successful() {
    return this == SUCCEEDED || this == AUTHORIZED;
  }

  /** Whether the run has ended for it. */
  public boolean ended() {
    return this != PROCESSING && this != UNKNOWN && this != NOT_STARTED;
  }

  /** Whether money is held for it, or has moved. */
  public Outcome outcome() {
    return switch (this) {
      case SUCCEEDED, AUTHORIZED, IN_REVIEW -> Outcome.APPLIED;
      case PROCESSING, UNKNOWN -> Outcome.UNKNOWN;
      case DECLINED, FAILED, NOT_STARTED -> Outcome.NONE;
    };
  }

  /** The status of a payment in its first response, whatever has happened since. */
  static ItemStatus of(Payment payment) {
    return switch (payment.firstStatus()) {
      case null -> PROCESSING;
      case SUCCEEDED -> SUCCEEDED;
      case AUTHORIZED -> AUTHORIZED;
      case IN_REVIEW -> IN_REVIEW;
      case DECLINED -> DECLINED;
      case FAILED -> FAILED;
      case PROCESSING, CANCELED, EXPIRED ->
          throw new IllegalStateException("the first status is " + payment.firstStatus());
    };
  }
}
