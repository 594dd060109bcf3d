package io.quittance.payment.recover;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.journal.Command;
import io.quittance.journal.Journal;
import io.quittance.payment.model.FailureLog;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.PaymentQueries.Due;
import io.quittance.payment.model.PaymentQueries.Position;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Ends payments that were left open: those that a dead process left processing, and those whose
 * hold has run out. It runs on every replica; what two find, the first one ends. A payment that
 * cannot be ended now, because its account is locked, is passed over until its turn comes again.
 */
@Component
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int PAYMENTS_PER_SWEEP = 500;
  private static final int PARALLELISM = 64;
  private static final Duration SWEEP_LIMIT = Duration.ofSeconds(10);

  /** One kind of payments that are to be ended, and how far the last look for them came. */
  private final class Sweep {

    private final String kind;
    private final BiFunction<Position, Integer, List<Due>> search;
    private final Function<Payment, Command<Payment>> command;
    private Position last = Position.FIRST;

    Sweep(
        String kind,
        BiFunction<Position, Integer, List<Due>> search,
        Function<Payment, Command<Payment>> command) {
      this.kind = kind;
      this.search = search;
      this.command = command;
    }

    void goOn() throws InterruptedException {
      List<Due> found = search.apply(last, PAYMENTS_PER_SWEEP);
      last = found.size() < PAYMENTS_PER_SWEEP ? Position.FIRST : found.getLast().position();
      end(kind, found, command);
    }
  }

  private final Journal journal;
  private final FanOut fanOut;
  private final Sweep stranded;
  private final Sweep overdue;

  Recovery(PaymentQueries queries, Journal journal, FanOut fanOut) {
    this.journal = journal;
    this.fanOut = fanOut;
    this.stranded = new Sweep("stranded", queries::stranded, Resolve::new);
    this.overdue = new Sweep("overdue", queries::overdue, Expire::new);
  }

  @Scheduled(fixedDelayString = "${quittance.payment.resolve-interval:1s}")
  void resolveStranded() throws InterruptedException {
    stranded.goOn();
  }

  @Scheduled(fixedDelayString = "${quittance.payment.resolve-interval:1s}")
  void expireOverdue() throws InterruptedException {
    overdue.goOn();
  }

  private void end(String kind, List<Due> payments, Function<Payment, Command<Payment>> command)
      throws InterruptedException {
    if (payments.isEmpty()) {
      return;
    }
    log.info("Ending {} {} payments", payments.size(), kind);
    var results =
        fanOut.map(
            "recovery",
            payments,
            PARALLELISM,
            Deadline.after(SWEEP_LIMIT),
            (due, deadline) ->
                deadline.await(journal.submitWhenRoom(command.apply(due.payment()), deadline)));
    long open = 0;
    for (FanOut.Result<Payment> result : results) {
      if (result instanceof FanOut.Result.Done<Payment>(Payment payment)) {
        FailureLog.tell(payment);
      } else {
        open++;
      }
    }
    if (open > 0) {
      log.warn("{} {} payments are still to be ended", open, kind);
    }
  }
}
