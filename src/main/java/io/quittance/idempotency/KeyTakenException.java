package io.quittance.idempotency;

/**
 * Another request claimed the key before this one could: on another replica, or earlier than the
 * look-up here could find.
 */
public final class KeyTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient KeyRecord record;

  public KeyTakenException(KeyRecord record) {
    super("the idempotency key was claimed by another request", null, false, false);
    this.record = record;
  }

  /** Who holds the key. */
  public KeyRecord record() {
    return record;
  }
}
