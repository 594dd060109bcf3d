package io.quittance.payment;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.journal.Command;
import io.quittance.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Ends the payments that nobody else ends: those that a dead process left processing, and those
 * whose hold has run out. Every replica looks; what two find, the first one ends.
 */
@Component
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int PAYMENTS_PER_SWEEP = 500;
  private static final int PARALLELISM = 64;
  private static final Duration SWEEP_LIMIT = Duration.ofSeconds(10);

  private final PaymentQueries queries;
  private final Journal journal;
  private final FanOut fanOut;

  Recovery(PaymentQueries queries, Journal journal, FanOut fanOut) {
    this.queries = queries;
    this.journal = journal;
    this.fanOut = fanOut;
  }

  @Scheduled(fixedDelayString = "${quittance.payment.resolve-interval:1s}")
  void sweep() throws InterruptedException {
    try {
      end("stranded", queries.stranded(PAYMENTS_PER_SWEEP), Resolve::new);
      end("overdue", queries.overdue(PAYMENTS_PER_SWEEP), Expire::new);
    } catch (DataAccessException | TransactionException e) {
      log.warn("Payments to be ended could not be looked for: {}", e.getMessage());
    }
  }

  private void end(String kind, List<Payment> payments, Function<Payment, Command<Payment>> command)
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
            (payment, deadline) ->
                deadline.await(journal.submitWhenRoom(command.apply(payment), deadline)));
    long open = results.stream().filter(result -> !(result instanceof FanOut.Result.Done)).count();
    if (open > 0) {
      log.warn("{} {} payments are still to be ended", open, kind);
    }
  }
}
