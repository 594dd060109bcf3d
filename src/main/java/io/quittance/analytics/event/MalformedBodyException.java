package io.quittance.analytics.event;

/** A body that cannot be split into events. The message is a rule that follows "The body". */
public final class MalformedBodyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedBodyException(String rule) {
    super(rule, null, false, false);
  }
}
