package io.quittance.database;

/** No report, or no watch, could begin in time: enough of them are under way. Nothing was read. */
public final class TooManyReportsException extends RuntimeException {

  private final String detail;

  public TooManyReportsException(String detail) {
    super(detail);
    this.detail = detail;
  }

  /** What there is too much of, in a sentence for the caller. */
  public String detail() {
    return detail;
  }
}
