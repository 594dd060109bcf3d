package io.quittance.payment.batch.item;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.payment.model.CaptureMethod;
import io.quittance.payment.model.Payment;
import io.quittance.web.Problem.Outcome;
import java.util.Locale;

/** What became of an item of a batch, in its run: the status that its payment had then, or none. */
public enum ItemStatus {
  SUCCEEDED,
  AUTHORIZED,
  IN_REVIEW,
  DECLINED,
  FAILED,
  /** It is under way. */
  PROCESSING,
  /** The database could not say yet. */
  UNKNOWN,
  /** It was not begun, and is surely not applied. */
  NOT_STARTED;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static ItemStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Whether it ended as its merchant wished. */
  public boolean successful() {
    return this == SUCCEEDED || this == AUTHORIZED;
  }

  /** Whether the run is over for it. */
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

  /** The status in which a payment's first answer found it, whatever became of it since. */
  static ItemStatus of(Payment payment) {
    if (!payment.concluded()) {
      return PROCESSING;
    }
    return switch (payment.answerStatus()) {
      case 201 ->
          payment.terms().captureMethod() == CaptureMethod.AUTOMATIC ? SUCCEEDED : AUTHORIZED;
      case 202 -> IN_REVIEW;
      case 402 -> DECLINED;
      default -> FAILED;
    };
  }
}
