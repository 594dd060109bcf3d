package io.quittance.journal;

/** A command in the queue of {@link BusyAccounts}, and what it waits for now. Thread-safe. */
final class QueuedEntry {

  private final long number;
  private volatile WaitingCommand waiting;

  /**
   * @param number its place in the order of arrival
   */
  QueuedEntry(WaitingCommand waiting, long number) {
    this.waiting = waiting;
    this.number = number;
  }

  long number() {
    return number;
  }

  WaitingCommand waiting() {
    return waiting;
  }

  Command<?> command() {
    return waiting.job().item();
  }

  void waitsNow(WaitingCommand now) {
    waiting = now;
  }
}
