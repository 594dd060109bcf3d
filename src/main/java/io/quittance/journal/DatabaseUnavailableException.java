package io.quittance.journal;

/** The database, and no command, is at fault. Nothing was applied. */
public final class DatabaseUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  DatabaseUnavailableException(String message) {
    super(message);
  }
}
