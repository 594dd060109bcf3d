package io.quittance.payment.recover;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.journal.Journal;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.PaymentQueries.Due;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Ends payments whose time is over: those that a dead process left processing, and those whose hold
 * has expired. It runs on every replica; if two find the same payment, the first one ends it. A
 * payment that cannot be ended now, because its account is locked, is tried again in a later pass.
 */
@Component
final class Recovery {

  private static final Duration ROUND_LIMIT = Duration.ofSeconds(10);

  /** A payment that waits longer for a locked account makes room for others of its round. */
  private static final Duration PAYMENT_LIMIT = Duration.ofSeconds(2);

  /** Payments that are processing after their {@code resolves_by}. */
  private final Sweep stranded;

  /** Payments whose hold has expired. */
  private final Sweep overdue;

  Recovery(PaymentQueries queries, Journal journal, FanOut fanOut, MeterRegistry registry) {
    this.stranded =
        new Sweep(
            "stranded", queries::stranded, ending(journal, Resolve::new), fanOut, ROUND_LIMIT);
    this.overdue =
        new Sweep("overdue", queries::overdue, ending(journal, Expire::new), fanOut, ROUND_LIMIT);
    register(registry, stranded, overdue);
  }

  private static void register(MeterRegistry registry, Sweep... sweeps) {
    for (Sweep sweep : sweeps) {
      Gauge.builder("quittance.payments.oldest.left.open", sweep::oldestSeconds)
          .description("For how long the oldest payment has been open whose time is over")
          .baseUnit("seconds")
          .tag("kind", sweep.kind())
          .register(registry);
    }
  }

  private static FanOut.Mapper<Due, Payment> ending(
      Journal journal, Function<Payment, RecoveryCommand> command) {
    return (due, deadline) -> {
      Deadline own = deadline.within(PAYMENT_LIMIT);
      return own.await(journal.submitWhenRoom(command.apply(due.payment()), own));
    };
  }

  @Scheduled(fixedDelayString = "${quittance.payment.resolve-interval:1s}")
  void resolveStranded() throws InterruptedException {
    stranded.goOn();
  }

  @Scheduled(fixedDelayString = "${quittance.payment.resolve-interval:1s}")
  void expireOverdue() throws InterruptedException {
    overdue.goOn();
  }
}
