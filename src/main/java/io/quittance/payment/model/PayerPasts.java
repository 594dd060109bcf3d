package io.quittance.payment.model;

import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Window;
import io.quittance.journal.Dialect;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * What a batch must know of payers' payments before one: those that are stored, and those before it
 * in the batch. Confined to the journal's thread.
 */
final class PayerPasts {

  /** A payer's payments in a window before and up to a payment. */
  record Past(UUID merchantId, String payer, Window window, Instant upTo, UUID upToId) {}

  private record Payer(UUID merchantId, String account) {}

  /** After all that is stored: for a payment that is not yet. */
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private final Dialect dialect;
  private final Set<Past> wanted = new LinkedHashSet<>();
  private final Map<Payer, Integer> begun = new HashMap<>();
  private final Map<Payer, List<Payment>> addedByPayer = new HashMap<>();
  private Map<Past, Totals> pasts = Map.of();

  PayerPasts(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Announces that what comes before a new payment will be looked at. */
  void request(PaymentOrder order, Set<Window> windows) {
    for (Window window : windows) {
      wanted.add(beforeNew(order.merchantId(), order.payer(), window));
    }
  }

  /** Announces that what comes before a stored payment will be looked at. */
  void request(Payment payment, Set<Window> windows) {
    for (Window window : windows) {
      wanted.add(upTo(payment, window));
    }
  }

  private static Past beforeNew(UUID merchantId, String payer, Window window) {
    return new Past(merchantId, payer, window, END_OF_TIME, TypeId.LAST);
  }

  private static Past upTo(Payment payment, Window window) {
    PaymentTerms terms = payment.terms();
    return new Past(terms.merchantId(), terms.payer(), window, terms.createdAt(), terms.id());
  }

  /** As {@link Payments#creationTime}. */
  Instant creationTime(PaymentOrder order, Instant now) {
    int before = begun.merge(new Payer(order.merchantId(), order.payer()), 1, Integer::sum) - 1;
    return now.plus(before, ChronoUnit.MICROS);
  }

  /** Adds a new payment. */
  void add(Payment payment) {
    ofSamePayer(payment).add(payment);
  }

  /** The payer's new payments, in their order. */
  private List<Payment> ofSamePayer(Payment payment) {
    return addedByPayer.computeIfAbsent(
        new Payer(payment.terms().merchantId(), payment.terms().payer()), _ -> new ArrayList<>(1));
  }

  /**
   * The payer's payments in the windows, up to and with this one.
   *
   * @param isNew whether the batch added it
   */
  Map<Window, Totals> of(Payment payment, boolean isNew, Set<Window> windows) {
    Map<Window, Totals> totals = new HashMap<>();
    for (Window window : windows) {
      totals.put(window, isNew ? withBatch(payment, window) : stored(upTo(payment, window)));
    }
    return totals;
  }

  private Totals withBatch(Payment payment, Window window) {
    PaymentTerms terms = payment.terms();
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
    return Objects.requireNonNull(pasts.get(past), () -> "not requested: " + past);
  }

  /** Counts what was announced. */
  void load(JdbcOperations jdbc) {
    if (!wanted.isEmpty()) {
      pasts = PayerPastsSql.find(jdbc, dialect, wanted);
    }
  }
}
