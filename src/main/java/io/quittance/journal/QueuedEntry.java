package io.quittance.journal;

import java.util.UUID;

/**
 * A command in the queue of {@link BusyAccounts}, with what it waits for now. It is counted in the
 * {@link WaitingRoom} from its creation until it {@linkplain #leave leaves}. Thread-safe.
 */
final class QueuedEntry {

  private final WaitingRoom room;
  private volatile long number;
  private volatile WaitingCommand waiting;
  private boolean left;

  /**
   * @param number its place in the order in which commands are tried
   */
  QueuedEntry(WaitingRoom room, WaitingCommand waiting, long number) {
    this.room = room;
    this.waiting = waiting;
    this.number = number;
    room.enter(waiting);
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

  UUID merchantId() {
    return waiting.merchantId();
  }

  /** Updates what the command waits for: no other is to queue behind it for something else. */
  synchronized void waitsNow(WaitingCommand now) {
    if (!left) {
      room.enter(now);
      room.leave(waiting);
    }
    waiting = now;
  }

  void moveTo(long newNumber) {
    number = newNumber;
  }

  /** Called when the command waits no longer; further calls have no effect. */
  synchronized void leave() {
    if (!left) {
      left = true;
      room.leave(waiting);
    }
  }
}
