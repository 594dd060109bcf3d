package io.quittance.admission;

/**
 * The class of a request under overload: each may fill a part of the limit, so that higher classes
 * still find room.
 */
enum Priority {
  /** Requests about work under way: repetitions, and reads of a payment. */
  UNDER_WAY(1.25),
  /** Requests that finish a payment: captures, refunds, cancels, reviews. */
  OPERATION(1.0),
  /** Requests that create payments, transfers or accounts. */
  BEGINNING(0.9),
  /** Requests that can be sent later: lists, reports, analytics. */
  REPORT(0.5);

  private final double share;

  Priority(double share) {
    this.share = share;
  }

  int of(int limit) {
    return Math.max(1, (int) (share * limit));
  }
}
