package io.quittance.payment.create;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.AccountKey;
import io.quittance.journal.Journal;
import io.quittance.journal.QueuedCommand;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountTerms;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.money.Money;
import io.quittance.payment.model.CaptureMethod;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import io.quittance.web.DependencyNames;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.springframework.modulith.NamedInterface;
import org.springframework.stereotype.Component;

/**
 * Rehearses a payment of a merchant that does not exist, to warm up the code: a scope, its
 * screening, a read-only command in the journal, and everything that is decided and prepared for
 * writing when a payment succeeds. Commits nothing. Thread-safe.
 */
@Component
@NamedInterface("rehearsal")
public final class PaymentRehearsal {

  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** Enough for each lane of the journal to have some, most likely. */
  private static final int MERCHANTS = 16;

  private final List<UUID> merchants = Stream.generate(UUID::randomUUID).limit(MERCHANTS).toList();
  private final DeadlineScopes scopes;
  private final Screener screener;
  private final Journal journal;

  PaymentRehearsal(DeadlineScopes scopes, Screener screener, Journal journal) {
    this.scopes = scopes;
    this.screener = screener;
    this.journal = journal;
  }

  /** Runs one rehearsal; a remote screening service is not called. */
  public void once() throws InterruptedException {
    var _ = rehearse();
  }

  /** The result that the payment would have had. */
  BeginPayment.Result rehearse() throws InterruptedException {
    PaymentOrder order = order(Deadline.after(DEADLINE));
    var slot = new ScreeningSlot();
    try (DeadlineScope scope = scopes.open("rehearsal", order.deadline())) {
      if (!screener.remote()) {
        var _ = screener.fork(scope, order, slot);
      }
      var look = new QueuedCommand<>(new Look(order));
      var _ =
          scope.fork(DependencyNames.LEDGER, left -> look.submitAndAwait(journal, left, () -> {}));
      scope.join();
    }
    return journal.rehearse(new Success(order, new BeginPayment(order, slot, DEADLINE)));
  }

  private PaymentOrder order(Deadline deadline) {
    UUID merchantId = merchants.get(ThreadLocalRandom.current().nextInt(MERCHANTS));
    UUID id = TypeId.next();
    return new PaymentOrder(
        id,
        TypeId.next(),
        new KeyedRequest(merchantId, "rehearsal", id.toString(), ""),
        new Money(1_000, "EUR"),
        "payer",
        "payee",
        CaptureMethod.AUTOMATIC,
        new PaymentOrder.Texts(id.toString(), null, "{}"),
        null,
        0,
        deadline);
  }

  /** A payment between accounts that are assumed to exist. */
  private record Success(PaymentOrder order, BeginPayment begin)
      implements OrderCommand<BeginPayment.Result> {

    private static final AccountTerms TERMS = AccountTerms.of("EUR", AccountKind.EXTERNAL);

    @Override
    public void prepare(UnitOfWork unit) {
      begin.prepare(unit);
    }

    @Override
    public BeginPayment.Result decide(UnitOfWork unit) {
      var books = unit.table(Books.class);
      accounts()
          .forEach(id -> books.assumeAccount(new AccountKey(merchantId(), id), TERMS, unit.now()));
      return begin.decide(unit);
    }
  }

  /** Reads what {@link BeginPayment} reads, but for the payer's past, and writes nothing. */
  private record Look(PaymentOrder order) implements OrderCommand<Boolean> {

    @Override
    public void prepare(UnitOfWork unit) {
      unit.table(IdempotencyKeys.class).request(order.request());
      unit.table(Payments.class).requestReference(order);
    }

    @Override
    public Boolean decide(UnitOfWork unit) {
      Optional<KeyRecord> holder = unit.table(IdempotencyKeys.class).holder(order.request());
      Optional<UUID> rival = unit.table(Payments.class).referenceHolder(order);
      Optional<Refusal> refusal = unit.table(Books.class).refusal(order.holdOrder());
      return holder.isEmpty() && rival.isEmpty() && refusal.isEmpty();
    }
  }
}
