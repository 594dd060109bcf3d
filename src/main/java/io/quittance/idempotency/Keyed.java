package io.quittance.idempotency;

/** What a command under an idempotency key came to. */
public sealed interface Keyed<R> {

  /** The key was free; the command has claimed it, or stored a refusal under it. */
  record First<R>(R result) implements Keyed<R> {}

  /** Another request holds the key; nothing was done. */
  record Taken<R>(KeyRecord holder) implements Keyed<R> {}

  /**
   * The command's own result.
   *
   * @throws KeyTakenException another request holds the key
   */
  default R orThrow() {
    return switch (this) {
      case First<R>(R result) -> result;
      case Taken<R>(KeyRecord holder) -> throw new KeyTakenException(holder);
    };
  }
}
