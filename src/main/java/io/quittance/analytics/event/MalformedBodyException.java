package io.quittance.analytics.event;

/** A body that cannot be divided into events. The message is a rule that follows "The body". */
public final class UndividedBodyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UndividedBodyException(String rule) {
    super(rule, null, false, false);
  }
}
