package io.quittance.database;

/** No report or watch could start in time, because the limit is reached. Nothing was read. */
public final class TooManyReportsException extends RuntimeException {

  private final String detail;

  public TooManyReportsException(String detail) {
    super(detail);
    this.detail = detail;
  }

  /** A sentence for the caller that says which limit is reached. */
  public String detail() {
    return detail;
  }
}
