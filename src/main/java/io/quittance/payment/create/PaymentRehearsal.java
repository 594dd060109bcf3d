package io.quittance.payment.create;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.Command;
import io.quittance.journal.Journal;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.money.Money;
import io.quittance.payment.dependency.QueuedCommand;
import io.quittance.payment.model.CaptureMethod;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.springframework.modulith.NamedInterface;
import org.springframework.stereotype.Component;

/**
 * Takes the way of a payment of a merchant that does not exist: a scope, its screening, and the
 * journal, which reads the rows of a payment and commits nothing. Thread-safe.
 */
@Component
@NamedInterface("rehearsal")
public final class PaymentRehearsal {

  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** So many that each lane of the journal most likely has some. */
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

  /** Does so once; a remote service is not asked. */
  public void once() throws InterruptedException {
    PaymentOrder order = order(Deadline.after(DEADLINE));
    try (DeadlineScope scope = scopes.open("rehearsal", order.deadline())) {
      if (!screener.remote()) {
        var _ = screener.fork(scope, order, new ScreeningSlot());
      }
      var look = new QueuedCommand<>(new Look(order));
      var _ = scope.fork("ledger", left -> look.submitAndAwait(journal, left));
      scope.join();
    }
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

  /** Reads what {@link Authorize} reads, but for the payer's past, and writes nothing. */
  private record Look(PaymentOrder order) implements Command<Boolean> {

    @Override
    public UUID merchantId() {
      return order.merchantId();
    }

    @Override
    public Set<String> accounts() {
      return order.accounts();
    }

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
