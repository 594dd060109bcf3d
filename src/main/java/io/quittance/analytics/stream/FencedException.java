package io.quittance.analytics.stream;

/**
 * A partition is another consumer's by now, or the database has lost what was committed last.
 * Nothing was counted.
 */
final class FencedException extends Exception {

  private static final long serialVersionUID = 1L;

  FencedException(int partition) {
    super(
        "another consumer has partition %d, or its stored offset went back with the database"
            .formatted(partition));
  }
}
