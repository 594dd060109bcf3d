package io.quittance.idempotency;

/**
 * Another request holds the key. An ordinary repetition gets this, too, if the key was not looked
 * up before the request ran ({@link Idempotency.LookupTiming#AFTERWARDS}).
 */
public final class KeyTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient KeyRecord record;

  public KeyTakenException(KeyRecord record) {
    super("the idempotency key was claimed by another request", null, false, false);
    this.record = record;
  }

  /** The record of the key. */
  public KeyRecord record() {
    return record;
  }
}
