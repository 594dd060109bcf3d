package io.quittance.analytics.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.analytics.pane.Labels;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.payment.event.PaymentTransition;
import io.quittance.payment.event.RefundChange;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.datasketches.hash.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * How payments are counted in panes. A payment is counted at its {@code created_at} under its
 * current status: a change of status subtracts it under the old one. Latencies and payers are added
 * once, because sketches cannot subtract. Stateless.
 */
public final class PaymentPanes {

  /** Payments and their amounts by currency, status and, if they came to nothing, reason. */
  public static final String PAYMENTS = "payments";

  /** The same by payee as well, which takes many more panes. */
  public static final String PAYMENTS_BY_PAYEE = "payments.by_payee";

  /** How long payments took until they were concluded, in milliseconds, by currency. */
  public static final String LATENCY = "payments.latency";

  /** Distinct payers, by currency. */
  public static final String PAYERS = "payments.payers";

  /** Payers with the most payments and the largest amounts, by currency. */
  public static final String FREQUENT_PAYERS = "payments.payers.by_count";

  public static final String LARGE_PAYERS = "payments.payers.by_amount";

  /** Refunds and their amounts by currency and payee, at the time of the refund. */
  public static final String REFUNDS = "refunds";

  /** Payments that screening, or a reviewer, declined, by currency and reason. */
  public static final String FRAUD_DECLINES = "fraud.declines";

  public static final String CURRENCY = "currency";
  public static final String STATUS = "status";
  public static final String PAYEE = "payee";
  public static final String REASON = "reason";

  static final String SUCCEEDED = "succeeded";

  private static final String DECLINED = "declined";
  private static final String FRAUD_DECLINED = "fraud_declined";

  /** Stands for no reason: a reviewer need not give one. */
  private static final String NO_REASON = "none";

  private static final long HASH_SEED = 0x517cc1b727220a95L;

  private PaymentPanes() {}

  /** Adds a delta to panes. */
  static void add(PaymentDelta delta, LabelLimits limits, PaneDeltas panes) {
    delta.payments().forEach(change -> add(change, limits, panes));
    delta.refunds().forEach(refund -> add(refund, limits, panes));
  }

  private static void add(PaymentTransition change, LabelLimits limits, PaneDeltas panes) {
    if (!change.moves()) {
      return;
    }
    UUID merchant = change.merchantId();
    long second = change.createdAt().getEpochSecond();
    String payee = limits.admitted(PAYEE, change.payee());
    if (change.before() != null) {
      count(change, change.before(), null, payee, -1, panes);
    }
    count(change, change.after(), change.code(), payee, 1, panes);
    Labels currency = Labels.of(Map.of(CURRENCY, change.currency()));
    if (change.before() == null) {
      panes.at(merchant, PAYERS, currency, second).distinct(hash(change.payer()));
      panes.at(merchant, FREQUENT_PAYERS, currency, second).frequent(change.payer(), 1);
    }
    if (change.concludes()) {
      panes.at(merchant, LATENCY, currency, second).occurrences(1).sample(change.usedMs());
    }
    if (change.after().equals(SUCCEEDED)) {
      panes.at(merchant, LARGE_PAYERS, currency, second).frequent(change.payer(), change.amount());
    }
    if (change.after().equals(DECLINED) && FRAUD_DECLINED.equals(change.code())) {
      Labels labels =
          labels(change.currency(), Map.of(REASON, limits.admitted(REASON, reason(change))));
      panes.at(merchant, FRAUD_DECLINES, labels, second).occurrences(1).amount(change.amount());
    }
  }

  /**
   * @param code why the payment did not succeed; only final statuses have one
   */
  private static void count(
      PaymentTransition change,
      String status,
      @Nullable String code,
      String payee,
      int sign,
      PaneDeltas panes) {
    var labels = new TreeMap<>(Map.of(CURRENCY, change.currency(), STATUS, status));
    if (code != null) {
      labels.put(REASON, code);
    }
    long second = change.createdAt().getEpochSecond();
    long amount = sign * change.amount();
    panes
        .at(change.merchantId(), PAYMENTS, Labels.of(labels), second)
        .occurrences(sign)
        .amount(amount);
    labels.put(PAYEE, payee);
    panes
        .at(change.merchantId(), PAYMENTS_BY_PAYEE, Labels.of(labels), second)
        .occurrences(sign)
        .amount(amount);
  }

  /**
   * The first rule that matched: a payment has one reason, so that the reasons add up to all
   * declines.
   */
  private static String reason(PaymentTransition change) {
    return change.fraudReasons().isEmpty() ? NO_REASON : change.fraudReasons().getFirst();
  }

  private static void add(RefundChange refund, LabelLimits limits, PaneDeltas panes) {
    Labels labels =
        labels(refund.currency(), Map.of(PAYEE, limits.admitted(PAYEE, refund.payee())));
    panes
        .at(refund.merchantId(), REFUNDS, labels, refund.at().getEpochSecond())
        .occurrences(1)
        .amount(refund.amount());
  }

  private static Labels labels(String currency, Map<String, String> more) {
    var labels = new TreeMap<>(more);
    labels.put(CURRENCY, currency);
    return Labels.of(labels);
  }

  private static long hash(String payer) {
    return MurmurHash3.hash(payer.getBytes(UTF_8), HASH_SEED)[0];
  }
}
