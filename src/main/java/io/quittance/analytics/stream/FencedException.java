package io.quittance.analytics.stream;

/** A partition is another consumer's by now; nothing was counted. */
final class FencedException extends Exception {

  private static final long serialVersionUID = 1L;

  FencedException(int partition) {
    super("another consumer has taken partition " + partition);
  }
}
