package io.quittance.payment.recover;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentEndLog;
import io.quittance.payment.model.PaymentQueries.Due;
import io.quittance.payment.model.PaymentQueries.Position;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends one kind of payments whose time is over, round by round. A round goes on behind the last
 * payment that the one before has begun: payments that cannot be ended now, because their accounts
 * are locked, keep those behind them waiting for one round and no longer. Confined to one thread,
 * but for what it tells of itself.
 */
final class Sweep {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);
  private static final int PAYMENTS_MAX = 500;

  /** As many as these wait for locked accounts at once. */
  static final int PARALLELISM = 64;

  private final String kind;
  private final BiFunction<Position, Integer, List<Due>> search;
  private final FanOut.Mapper<Due, Payment> end;
  private final FanOut fanOut;
  private final Duration limit;
  private Position last = Position.FIRST;
  private volatile double oldestSeconds = Double.NaN;

  /**
   * @param kind what they are, for the log
   * @param search the first so many behind a position
   * @param end ends one of them
   * @param limit how long a round takes, at most
   */
  Sweep(
      String kind,
      BiFunction<Position, Integer, List<Due>> search,
      FanOut.Mapper<Due, Payment> end,
      FanOut fanOut,
      Duration limit) {
    this.kind = kind;
    this.search = search;
    this.end = end;
    this.fanOut = fanOut;
    this.limit = limit;
  }

  String kind() {
    return kind;
  }

  /** For how long the oldest of them has been open; NaN if the last look failed. */
  double oldestSeconds() {
    return oldestSeconds;
  }

  private List<Due> look() {
    try {
      List<Due> found = search.apply(last, PAYMENTS_MAX);
      List<Due> first = last.equals(Position.FIRST) ? found : search.apply(Position.FIRST, 1);
      oldestSeconds = first.isEmpty() ? 0 : first.getFirst().late().toMillis() / 1000.0;
      return found;
    } catch (RuntimeException e) {
      oldestSeconds = Double.NaN;
      throw e;
    }
  }

  void goOn() throws InterruptedException {
    List<Due> found = look();
    if (found.isEmpty()) {
      last = Position.FIRST;
      return;
    }
    log.info("Ending {} {} payments", found.size(), kind);
    List<FanOut.Result<Payment>> results =
        fanOut.map("recovery", found, PARALLELISM, Deadline.after(limit), end);
    int begun = (int) results.stream().filter(Sweep::begun).count();
    if (begun == found.size() && begun < PAYMENTS_MAX) {
      last = Position.FIRST;
    } else if (begun > 0) {
      last = found.get(begun - 1).position();
    }
    tell(results);
  }

  private static boolean begun(FanOut.Result<Payment> result) {
    return !(result instanceof FanOut.Result.NotBegun<Payment>);
  }

  private void tell(List<FanOut.Result<Payment>> results) {
    long open = 0;
    for (FanOut.Result<Payment> result : results) {
      if (result instanceof FanOut.Result.Done<Payment>(Payment payment)) {
        PaymentEndLog.log(payment);
      } else {
        open++;
      }
    }
    if (open > 0) {
      log.warn("{} {} payments are still to be ended", open, kind);
    }
  }
}
