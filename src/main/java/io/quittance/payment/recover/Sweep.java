package io.quittance.payment.recover;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentEndLog;
import io.quittance.payment.model.PaymentQueries.Due;
import io.quittance.payment.model.PaymentQueries.Position;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends one kind of payments whose time is over, round by round. A round goes on behind the last
 * payment that the one before has begun: payments that cannot be ended now, because their accounts
 * are locked or their rows cannot be read, keep those behind them waiting for one round and no
 * longer. Where the first round of a pass is full of some merchants' payments, the first ones of
 * all others go before them. Confined to one thread, but for what it tells of itself.
 */
final class Sweep {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  /** Payments of a round. */
  static final int PAYMENTS_MAX = 500;

  /** So many more, of merchants that have none among them. */
  private static final int OTHERS_MAX = 100;

  /** As many as these wait for locked accounts at once. */
  static final int PARALLELISM = 64;

  /** Finds payments whose time is over, those that have waited longest first. */
  @FunctionalInterface
  interface Search {

    /**
     * So many of them.
     *
     * @param after behind this position
     * @param without none of these merchants'
     */
    List<Due> find(Position after, int limit, Set<UUID> without);
  }

  private final String kind;
  private final Search search;
  private final FanOut.Mapper<Due, Payment> end;
  private final FanOut fanOut;
  private final Duration limit;
  private Position last = Position.FIRST;
  private volatile double oldestSeconds = Double.NaN;

  /**
   * @param kind what they are, for the log
   * @param end ends one of them
   * @param limit how long a round takes, at most
   */
  Sweep(
      String kind, Search search, FanOut.Mapper<Due, Payment> end, FanOut fanOut, Duration limit) {
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
      List<Due> found = search.find(last, PAYMENTS_MAX, Set.of());
      List<Due> first =
          last.equals(Position.FIRST) ? found : search.find(Position.FIRST, 1, Set.of());
      oldestSeconds = first.isEmpty() ? 0 : first.getFirst().late().toMillis() / 1000.0;
      return found;
    } catch (RuntimeException e) {
      oldestSeconds = Double.NaN;
      throw e;
    }
  }

  /**
   * Ends those that are found, as long as there are more than fit into a round, and time is left.
   */
  void goOn() throws InterruptedException {
    var over = Deadline.after(limit);
    boolean more = round(true);
    while (more && !over.expired()) {
      more = round(false);
    }
  }

  /**
   * Returns whether it was full, and all of it was begun.
   *
   * @param withOthers a search for others' payments goes through the whole backlog
   */
  private boolean round(boolean withOthers) throws InterruptedException {
    List<Due> found = look();
    if (found.isEmpty()) {
      last = Position.FIRST;
      return false;
    }
    List<Due> others = withOthers && full(found) ? others(found) : List.of();
    log.info("Ending {} {} payments", found.size() + others.size(), kind);
    List<FanOut.Result<Payment>> results =
        fanOut.map(
            "recovery",
            Stream.concat(others.stream(), found.stream()).toList(),
            PARALLELISM,
            Deadline.after(limit),
            end);
    tell(results);
    long begun = results.stream().skip(others.size()).filter(Sweep::begun).count();
    boolean all = begun == found.size();
    if (all && !full(found)) {
      last = Position.FIRST;
    } else if (begun > 0) {
      last = found.get((int) begun - 1).position();
    }
    return all && full(found);
  }

  private static boolean full(List<Due> found) {
    return found.size() == PAYMENTS_MAX;
  }

  private List<Due> others(List<Due> found) {
    return search.find(
        Position.FIRST,
        OTHERS_MAX,
        found.stream().map(Due::merchantId).collect(Collectors.toSet()));
  }

  private static boolean begun(FanOut.Result<Payment> result) {
    return !(result instanceof FanOut.Result.NotBegun<Payment>);
  }

  private void tell(List<FanOut.Result<Payment>> results) {
    long open = 0;
    for (FanOut.Result<Payment> result : results) {
      if (result instanceof FanOut.Result.Done<Payment>(Payment payment)) {
        PaymentEndLog.logIfUnsuccessful(payment);
      } else {
        open++;
      }
    }
    if (open > 0) {
      log.warn("{} {} payments are still to be ended", open, kind);
    }
  }
}
