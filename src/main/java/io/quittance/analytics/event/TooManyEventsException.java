package io.quittance.analytics.event;

/** A body with more events than one may have. */
public final class TooManyEventsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooManyEventsException() {
    super("too many events", null, false, false);
  }
}
