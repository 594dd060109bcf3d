package io.quittance.admission;

/**
 * The class of a request under overload: each may fill a share of the limit, so that classes above
 * it still find room.
 */
enum Priority {
  /** What is under way already: repetitions, and reads of a payment. */
  UNDER_WAY(1.25),
  /** What finishes a payment: captures, refunds, cancels, reviews. */
  OPERATION(1.0),
  /** What begins one, or a transfer or account. */
  BEGINNING(0.9),
  /** What can be asked later: lists, reports, figures. */
  REPORT(0.5);

  private final double share;

  Priority(double share) {
    this.share = share;
  }

  int of(int limit) {
    return Math.max(1, (int) (share * limit));
  }
}
