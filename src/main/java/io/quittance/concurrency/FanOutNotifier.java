package io.quittance.concurrency;

import io.quittance.concurrency.FanOutRun.Listener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes the results of items from their threads to the listener, which is called on the owner's
 * thread. Without a listener it does nothing.
 */
final class FanOutNotifier<R> {

  private static final int SLOT_ENDED = -1;
  private static final int ALL_ENDED = -2;

  private final FanOutState<R> state;
  private final @Nullable Listener<R> listener;
  private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();

  FanOutNotifier(FanOutState<R> state, @Nullable Listener<R> listener) {
    this.state = state;
    this.listener = listener;
  }

  void itemEnded(int index) {
    ended.add(index);
  }

  /**
   * @param all whether no other slot will follow: the round ends, and some slots may never start
   */
  void slotEnded(boolean all) {
    ended.add(all ? ALL_ENDED : SLOT_ENDED);
  }

  /** Calls the listener for items as they end, until the slots have ended or are being canceled. */
  void notifyWhileRunning(int slots, Deadline cutoff) throws InterruptedException {
    if (listener == null) {
      return;
    }
    int running = slots;
    while (running > 0 && !cutoff.expired()) {
      Integer next = ended.poll(cutoff.sleepNanos(), TimeUnit.NANOSECONDS);
      switch (next) {
        case null -> {}
        case ALL_ENDED -> running = 0;
        case SLOT_ENDED -> running--;
        default -> listener.onResult(next, state.result(next));
      }
    }
  }

  /**
   * Calls the listener for items that have ended meanwhile, and then for those that never began.
   */
  void notifyOfTheRest() throws InterruptedException {
    if (listener == null) {
      return;
    }
    for (Integer next = ended.poll(); next != null; next = ended.poll()) {
      if (next >= 0) {
        listener.onResult(next, state.result(next));
      }
    }
    int total = state.progress().total();
    for (int i = state.progress().begun(); i < total; i++) {
      listener.onResult(i, state.result(i));
    }
  }
}
