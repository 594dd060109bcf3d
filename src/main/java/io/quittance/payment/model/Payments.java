package io.quittance.payment.model;

import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Window;
import io.quittance.journal.Batch;
import io.quittance.journal.Dialect;
import io.quittance.journal.Table;
import io.quittance.journal.Writes;
import io.quittance.ledger.Books;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * The payments of one batch, and what it must know of their payers' past. A payment is not locked
 * by itself: whoever changes it holds the lock of its payer's account. Confined to the journal's
 * thread.
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
    public Table open(Batch batch) {
      return new Payments(dialect);
    }
  }

  /** A payment's identity. */
  record Key(UUID merchantId, UUID id) {}

  /** A reference is held by one of a merchant's payments at a time, until that comes to nothing. */
  record Reference(UUID merchantId, String text) {}

  /** A payer's payments in a window before and up to a payment. */
  record Past(UUID merchantId, String payer, Window window, Instant upTo, UUID upToId) {}

  private record Payer(UUID merchantId, String account) {}

  /** After all that is stored: for a payment that is not yet. */
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private final Dialect dialect;
  private final Set<Key> wanted = new LinkedHashSet<>();
  private final Set<Reference> wantedReferences = new LinkedHashSet<>();
  private final Set<Past> wantedPasts = new LinkedHashSet<>();
  private final Map<Key, Payment> known = new HashMap<>();
  private Map<Reference, UUID> holders = Map.of();
  private Map<Past, Totals> pasts = Map.of();
  private final Map<Payer, Integer> begun = new HashMap<>();
  private final Set<Payment> added = new LinkedHashSet<>();
  private final Map<Reference, List<Payment>> addedByReference = new HashMap<>();
  private final Map<Payer, List<Payment>> addedByPayer = new HashMap<>();
  private final Set<Payment> changed = new LinkedHashSet<>();
  private final Set<Payment> described = new LinkedHashSet<>();

  private Payments(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Announces a payment that may exist. */
  public void request(UUID merchantId, UUID id) {
    wanted.add(new Key(merchantId, id));
  }

  /** Announces a stored payment with its hold; the locks of its accounts guard both. */
  public void requestWithBooks(Batch batch, Payment seen) {
    Payment.Terms terms = seen.terms();
    var books = batch.table(Books.class);
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

  /** Announces that the past of a new payment's payer will be looked at. */
  public void requestPast(PaymentOrder order, Set<Window> windows) {
    for (Window window : windows) {
      wantedPasts.add(beforeNew(order.merchantId(), order.payer(), window));
    }
  }

  /** Announces that the past of a stored payment's payer will be looked at. */
  public void requestPast(Payment payment, Set<Window> windows) {
    for (Window window : windows) {
      wantedPasts.add(upTo(payment, window));
    }
  }

  private static Past beforeNew(UUID merchantId, String payer, Window window) {
    return new Past(merchantId, payer, window, END_OF_TIME, TypeId.LAST);
  }

  private static Past upTo(Payment payment, Window window) {
    Payment.Terms terms = payment.terms();
    return new Past(terms.merchantId(), terms.payer(), window, terms.createdAt(), terms.id());
  }

  public Optional<Payment> find(UUID merchantId, UUID id) {
    return Optional.ofNullable(known.get(new Key(merchantId, id)));
  }

  /** The payment that holds the order's reference: a stored one, or one before it in this batch. */
  public Optional<UUID> referenceHolder(PaymentOrder order) {
    if (order.texts().reference() == null) {
      return Optional.empty();
    }
    Reference reference = reference(order);
    return Optional.ofNullable(holders.get(reference))
        .or(
            () ->
                addedByReference.getOrDefault(reference, List.of()).stream()
                    .filter(payment -> !payment.status().dead())
                    .map(payment -> payment.terms().id())
                    .findFirst());
  }

  private static Reference reference(PaymentOrder order) {
    return new Reference(order.merchantId(), Objects.requireNonNull(order.texts().reference()));
  }

  /**
   * When a new payment begins: at the batch's instant, but after the payer's payments before it in
   * the batch. So their order is the same in every later look at the payer's past.
   */
  public Instant begins(PaymentOrder order, Instant now) {
    int before = begun.merge(new Payer(order.merchantId(), order.payer()), 1, Integer::sum) - 1;
    return now.plus(before, ChronoUnit.MICROS);
  }

  /** Adds a new payment; it is written as it stands at the end of the batch. */
  public void add(Payment payment) {
    Payment.Terms terms = payment.terms();
    known.put(new Key(terms.merchantId(), terms.id()), payment);
    added.add(payment);
    ofSamePayer(payment).add(payment);
    String reference = terms.texts().reference();
    if (reference != null) {
      addedByReference
          .computeIfAbsent(new Reference(terms.merchantId(), reference), _ -> new ArrayList<>(1))
          .add(payment);
    }
  }

  /** The payer's new payments, in their order. */
  private List<Payment> ofSamePayer(Payment payment) {
    return addedByPayer.computeIfAbsent(
        new Payer(payment.terms().merchantId(), payment.terms().payer()), _ -> new ArrayList<>(1));
  }

  /** A stored payment was changed; it is written as it stands at the end of the batch. */
  public void changed(Payment payment) {
    if (!added.contains(payment)) {
      changed.add(payment);
    }
  }

  /** A stored payment's texts were changed. */
  public void described(Payment payment) {
    if (!added.contains(payment)) {
      described.add(payment);
    }
  }

  /**
   * The payer's payments in the windows, up to and with this one: those of committed batches, and
   * for a new payment those before it in this batch. Failed ones do not count.
   */
  public Map<Window, Totals> past(Payment payment, Set<Window> windows) {
    Map<Window, Totals> totals = new HashMap<>();
    for (Window window : windows) {
      totals.put(
          window,
          added.contains(payment) ? withBatch(payment, window) : stored(upTo(payment, window)));
    }
    return totals;
  }

  private Totals withBatch(Payment payment, Window window) {
    Payment.Terms terms = payment.terms();
    Totals totals = stored(beforeNew(terms.merchantId(), terms.payer(), window));
    for (Payment other : ofSamePayer(payment)) {
      if (other.status() != PaymentStatus.FAILED
          && (window.currency() == null
              || window.currency().equals(other.terms().money().currency()))) {
        totals = totals.plus(1, other.terms().money().amount());
      }
      if (other == payment) {
        break;
      }
    }
    return totals;
  }

  private Totals stored(Past past) {
    return Objects.requireNonNull(pasts.get(past), () -> "not wanted: " + past);
  }

  /** The payments that are new, and those that something happened to. */
  public Stream<Payment> moved() {
    return Stream.concat(
        added.stream(), changed.stream().filter(payment -> payment.newEvents() > 0));
  }

  @Override
  public void load(JdbcOperations jdbc) {
    if (!wanted.isEmpty()) {
      for (Payment payment : PaymentsSql.find(jdbc, wanted)) {
        known.put(new Key(payment.terms().merchantId(), payment.terms().id()), payment);
      }
    }
    if (!wantedReferences.isEmpty()) {
      holders = PaymentsSql.holders(jdbc, wantedReferences);
    }
    if (!wantedPasts.isEmpty()) {
      pasts = PaymentsSql.pasts(jdbc, dialect, wantedPasts);
    }
  }

  @Override
  public void flush(Writes writes, Instant now) {
    PaymentsSql.insert(writes, added);
    PaymentsSql.update(writes, changed);
    PaymentsSql.updateTexts(writes, described);
  }
}
