package io.quittance.payment.create;

import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.journal.Command;
import io.quittance.journal.Journal;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Balances;
import io.quittance.ledger.Books;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Forecasts the result of a payment, with the code that would carry it out. Stores nothing.
 * Thread-safe.
 */
@Component
final class Simulation {

  /**
   * The forecast.
   *
   * @param result the payment as it would be, or the refusal
   * @param balances the balances of both accounts afterwards
   */
  record Forecast(BeginPayment.Result result, Map<String, Balances> balances) {}

  private final DeadlineScopes scopes;
  private final Screener screener;
  private final Journal journal;

  Simulation(DeadlineScopes scopes, Screener screener, Journal journal) {
    this.scopes = scopes;
    this.screener = screener;
    this.journal = journal;
  }

  Forecast of(PaymentOrder order) throws InterruptedException {
    var screening = new ScreeningSlot();
    var begin = new BeginPayment(order, screening, Duration.ZERO);
    try (DeadlineScope scope = scopes.open("simulation", order.deadline())) {
      var _ = screener.fork(scope, order, screening);
      scope.join();
      return forecast(order, begin);
    } catch (ScopeFailedException e) {
      return forecast(order, unscreened(order, begin, Screener.failure(e)));
    } catch (DeadlineExceededException e) {
      return forecast(order, unscreened(order, begin, Failure.deadlineExceeded()));
    }
  }

  private Forecast forecast(PaymentOrder order, Command<BeginPayment.Result> command) {
    return journal.rehearse(new Rehearsal(order, command));
  }

  private static Command<BeginPayment.Result> unscreened(
      PaymentOrder order, BeginPayment begin, Failure failure) {
    return new Unscreened(order, begin, new Release(order, failure, true));
  }

  /**
   * A payment that cannot be screened. If the books refuse it, the refusal is the result; otherwise
   * it is begun and released, as {@link Compensation} does.
   */
  private record Unscreened(PaymentOrder order, BeginPayment begin, Release release)
      implements OrderCommand<BeginPayment.Result> {

    @Override
    public void prepare(UnitOfWork unit) {
      begin.prepare(unit);
      release.prepare(unit);
    }

    @Override
    public BeginPayment.Result decide(UnitOfWork unit) {
      BeginPayment.Result begun = begin.decide(unit);
      if (begun.decisive()) {
        return begun;
      }
      return switch (release.decide(unit)) {
        case Release.Result.Ended(Payment payment) ->
            new BeginPayment.Result.PaymentStored(payment);
        case Release.Result.KeyTaken _, Release.Result.NotRecorded _ ->
            throw new IllegalStateException("the payment was begun in this transaction");
      };
    }
  }

  /** A command, and the balances that it leaves. */
  private record Rehearsal(PaymentOrder order, Command<BeginPayment.Result> command)
      implements OrderCommand<Forecast> {

    @Override
    public void prepare(UnitOfWork unit) {
      command.prepare(unit);
    }

    @Override
    public Forecast decide(UnitOfWork unit) {
      BeginPayment.Result result = command.decide(unit);
      Map<String, Balances> balances = new TreeMap<>();
      UUID merchantId = order.merchantId();
      for (String account : new String[] {order.payer(), order.payee()}) {
        unit.table(Books.class)
            .balances(merchantId, account)
            .ifPresent(after -> balances.put(account, after));
      }
      return new Forecast(result, balances);
    }
  }
}
