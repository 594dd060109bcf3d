package io.quittance.payment.recover;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.database.ReservedConnection;
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
 * Ends one kind of payments whose time is over, round by round. A round starts after the last
 * payment that the previous one started to end. So payments that cannot be ended now, because their
 * accounts are locked or their rows cannot be read, delay those after them by one round only. If
 * the first round of a pass is full, the first payments of all other merchants go before it.
 * Confined to one thread, except for its metric.
 */
final class Sweep {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  /** The most payments of a round. */
  static final int PAYMENTS_MAX = 500;

  /** The most additional payments, of merchants that have none in the round. */
  private static final int OTHERS_MAX = 100;

  /** How many payments are ended at once; all of them may wait for locked accounts. */
  static final int PARALLELISM = 64;

  /** Finds payments whose time is over, those that have waited longest first. */
  @FunctionalInterface
  interface Search {

    /**
     * Finds the next payments.
     *
     * @param after only payments after this position
     * @param without merchants whose payments are left out
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
   * @param kind the kind of payments, for the log
   * @param end ends one payment
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

  /** How long the time of the oldest one has been over; NaN if the last query failed. */
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

  /** Ends payments, round by round, until a round is not full or the time is up. */
  void goOn() throws InterruptedException {
    var over = Deadline.after(limit);
    // All kinds of payments are in one table.
    try (var _ = ReservedConnection.forJobs("payments")) {
      boolean more = round(true);
      while (more && !over.expired()) {
        more = round(false);
      }
    }
  }

  /**
   * Runs one round; returns whether it was full and all of it was started.
   *
   * @param withOthers whether to search for other merchants' payments too, which reads the whole
   *     backlog
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
      log.warn("{} {} payments could not be ended; the next run tries again", open, kind);
    }
  }
}
