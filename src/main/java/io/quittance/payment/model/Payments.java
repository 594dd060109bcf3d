package io.quittance.payment.model;

import io.quittance.database.Dialect;
import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Window;
import io.quittance.journal.AccountKey;
import io.quittance.journal.Table;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.ledger.Books;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The payments of one journal transaction, and the earlier payments of their payers. A payment has
 * no lock of its own: a command that changes it holds the lock of its payer's account. Confined to
 * the journal's thread.
 */
public final class Payments implements Table {

  @Component
  @Order(30)
  static final class Factory implements Table.Factory {

    private final Dialect dialect;

    Factory(Dialect dialect) {
      this.dialect = dialect;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new Payments(dialect, unit);
    }
  }

  /** A payment's identity. */
  record Key(UUID merchantId, UUID id) {}

  /**
   * A reference belongs to one of a merchant's payments at a time; an unsuccessful payment frees
   * it.
   */
  record Reference(UUID merchantId, String text) {}

  private final Dialect dialect;
  private final PayerPasts pasts;
  private final Set<Key> wanted = new LinkedHashSet<>();
  private final Set<Reference> wantedReferences = new LinkedHashSet<>();
  private final Map<Key, Payment> known = new HashMap<>();
  private Map<Reference, UUID> holders = Map.of();
  private final Set<Payment> added = new LinkedHashSet<>();
  private final Map<Reference, List<Payment>> addedByReference = new HashMap<>();
  private final Set<Payment> changed = new LinkedHashSet<>();
  private final Set<Payment> described = new LinkedHashSet<>();

  private Payments(Dialect dialect, UnitOfWork unit) {
    this.dialect = dialect;
    this.pasts =
        new PayerPasts(
            dialect, unit.mayReadLong(), unit.ahead(Payments.class).map(earlier -> earlier.pasts));
  }

  /** Announces a payment that may exist. */
  public void request(UUID merchantId, UUID id) {
    wanted.add(new Key(merchantId, id));
  }

  /** Announces a stored payment and its hold; the locks of its accounts guard both. */
  public void requestWithBooks(UnitOfWork unit, Payment seen) {
    PaymentTerms terms = seen.terms();
    var books = unit.table(Books.class);
    if (terms.holdId() != null) {
      books.request(terms.merchantId(), terms.holdId());
    }
    request(terms.merchantId(), terms.id());
  }

  /** A stored payment as it is now; payments are never deleted. */
  public Payment current(Payment seen) {
    return find(seen.terms().merchantId(), seen.terms().id()).orElseThrow();
  }

  /** Announces a reference that will be used. */
  public void requestReference(PaymentOrder order) {
    if (order.texts().reference() != null) {
      wantedReferences.add(reference(order));
    }
  }

  /** Announces that the payer's past before a new payment will be needed. */
  public void requestPast(PaymentOrder order, Set<Window> windows) {
    pasts.request(order, windows);
  }

  /** Announces that the payer's past before a stored payment will be needed. */
  public void requestPast(Payment payment, Set<Window> windows) {
    pasts.request(payment, windows);
  }

  public Optional<Payment> find(UUID merchantId, UUID id) {
    return Optional.ofNullable(known.get(new Key(merchantId, id)));
  }

  /**
   * The payment that holds the order's reference: a stored one, or an earlier one of this
   * transaction.
   */
  public Optional<UUID> referenceHolder(PaymentOrder order) {
    if (order.texts().reference() == null) {
      return Optional.empty();
    }
    Reference reference = reference(order);
    return Optional.ofNullable(holders.get(reference))
        .or(
            () ->
                addedByReference.getOrDefault(reference, List.of()).stream()
                    .filter(payment -> !payment.status().unsuccessful())
                    .map(payment -> payment.terms().id())
                    .findFirst());
  }

  private static Reference reference(PaymentOrder order) {
    return new Reference(order.merchantId(), Objects.requireNonNull(order.texts().reference()));
  }

  /**
   * The creation time of a new payment: the transaction's instant, but after the payer's earlier
   * payments in this transaction. So their order stays the same when the payer's past is read
   * later.
   */
  public Instant creationTime(PaymentOrder order, Instant now) {
    return pasts.creationTime(order, now);
  }

  /** Adds a new payment; it is written in its state at the end of the transaction. */
  public void add(Payment payment) {
    PaymentTerms terms = payment.terms();
    known.put(new Key(terms.merchantId(), terms.id()), payment);
    added.add(payment);
    pasts.add(payment);
    String reference = terms.texts().reference();
    if (reference != null) {
      addedByReference
          .computeIfAbsent(new Reference(terms.merchantId(), reference), _ -> new ArrayList<>(1))
          .add(payment);
    }
  }

  /**
   * Marks a stored payment as changed; it is written in its state at the end of the transaction.
   */
  public void changed(Payment payment) {
    if (!added.contains(payment)) {
      changed.add(payment);
    }
  }

  /** Marks the texts of a stored payment as changed. */
  public void described(Payment payment) {
    if (!added.contains(payment)) {
      described.add(payment);
    }
  }

  /**
   * The totals of the payer's payments in the windows, up to and including this one: those that are
   * stored, and for a new payment the earlier ones of this transaction. Failed ones do not count.
   */
  public Map<Window, Totals> past(Payment payment, Set<Window> windows) {
    return pasts.of(payment, added.contains(payment), windows);
  }

  /** The payments that are new or changed. */
  public Stream<Payment> moved() {
    return Stream.concat(
        added.stream(), changed.stream().filter(payment -> payment.newEvents() > 0));
  }

  @Override
  public boolean readAhead(JdbcOperations jdbc, AccountKey locked) {
    return pasts.readAhead(jdbc, locked);
  }

  @Override
  public boolean asksAbout(AccountKey account) {
    return pasts.asksAbout(account);
  }

  @Override
  public Set<AccountKey> tooMuchToRead() {
    return pasts.tooMuchToRead();
  }

  @Override
  public void load(JdbcOperations jdbc) {
    if (!wanted.isEmpty()) {
      for (Payment payment : PaymentRows.find(jdbc, dialect, wanted)) {
        known.put(new Key(payment.terms().merchantId(), payment.terms().id()), payment);
      }
    }
    if (!wantedReferences.isEmpty()) {
      holders = PaymentRows.holders(jdbc, dialect, wantedReferences);
    }
    pasts.load(jdbc);
  }

  @Override
  public void flush(Writes writes, Instant now) {
    PaymentRows.insert(writes, added);
    PaymentRows.update(writes, changed);
    PaymentRows.updateTexts(writes, described);
  }
}
