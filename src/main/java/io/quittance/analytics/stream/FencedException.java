package io.quittance.analytics.stream;

/**
 * Another consumer has taken the partition, or the database has lost the last commit. Nothing was
 * counted.
 */
final class FencedException extends Exception {

  private static final long serialVersionUID = 1L;

  FencedException(int partition) {
    super(
        "another consumer has partition %d, or its stored offset went back with the database"
            .formatted(partition));
  }
}
