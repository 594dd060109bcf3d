package io.quittance.journal;

/** The database is unavailable; no command caused this. Nothing was applied. */
public final class DatabaseUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  DatabaseUnavailableException(String message) {
    super(message);
  }
}
