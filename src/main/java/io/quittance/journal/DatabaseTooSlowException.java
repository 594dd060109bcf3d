package io.quittance.journal;

/** The database did not carry a transaction out in the time that one may take. */
final class DatabaseTooSlowException extends DatabaseUnavailableException {

  private static final long serialVersionUID = 1L;

  DatabaseTooSlowException(String message) {
    super(message);
  }
}
