package io.quittance.concurrency;

import io.quittance.concurrency.FanOut.Progress;
import io.quittance.concurrency.FanOut.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which items of a fan-out have started, and their results. Thread-safe. */
final class FanOutState<R> {

  static final int NONE = -1;

  private final List<Result<R>> results;
  private boolean stopped;
  private int begun;
  private int done;
  private int failed;
  private int cut;

  FanOutState(int items) {
    results = new ArrayList<>(Collections.nCopies(items, new Result.NotBegun<>()));
  }

  /** Starts the next item and returns its index, or {@link #NONE} if no more may start. */
  synchronized int begin() {
    return stopped || begun == results.size() ? NONE : begun++;
  }

  /** No item starts after this has returned. */
  synchronized void stop() {
    stopped = true;
  }

  synchronized void end(int index, Result<R> result) {
    results.set(index, result);
    switch (result) {
      case Result.Done<R> _ -> done++;
      case Result.Failed<R> _ -> failed++;
      case Result.Cut<R> _ -> cut++;
      case Result.NotBegun<R> _ -> throw new IllegalArgumentException("it has begun: " + index);
    }
  }

  synchronized Result<R> result(int index) {
    return results.get(index);
  }

  synchronized List<Result<R>> results() {
    return List.copyOf(results);
  }

  synchronized Progress progress() {
    return new Progress(results.size(), begun, done, failed, cut);
  }
}
