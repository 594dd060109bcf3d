package io.quittance.payment.create;

import io.quittance.concurrency.DeadlineExceededException;

/** Screening has used up its part of the payment's deadline. */
final class ScreeningLateException extends DeadlineExceededException {

  private static final long serialVersionUID = 1L;

  ScreeningLateException(Throwable cause) {
    super("the payment's deadline left no more time for screening");
    initCause(cause);
  }
}
