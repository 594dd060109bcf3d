package io.quittance.payment.search;

import io.quittance.ledger.AccountIds;
import io.quittance.ledger.CurrencyText;
import io.quittance.money.Money;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.web.InvalidInputException;
import io.quittance.web.TypeId;
import io.quittance.web.query.QueryParameters;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The filters of the payment search. Each has a fixed SQL condition, to whose parameters its value
 * is bound. {@code reference} is the last one because it may hold any character (see {@link
 * PaymentFilters#text}).
 */
enum PaymentFilter {
  STATUS("", PaymentFilter::statuses),
  PAYER("payer = ?", AccountIds::parse),
  PAYEE("payee = ?", AccountIds::parse),
  CURRENCY("currency = cast(? as char(3))", CurrencyText::parse),
  CREATED_FROM("created_at >= ?", QueryParameters::instant),
  CREATED_TO("created_at < ?", QueryParameters::instant),
  AMOUNT_MIN("amount >= ?", PaymentFilter::amount),
  AMOUNT_MAX("amount <= ?", PaymentFilter::amount),
  BATCH_ID("batch_id = ?", PaymentFilter::batch),
  /** In two parts, because each part has its own index. */
  REFERENCE(
      "(reference = ? and status not in %1$s or reference = ? and status in %1$s)"
          .formatted(PaymentStatus.UNSUCCESSFUL),
      QueryParameters::reference);

  /** A set of statuses; the order in the request does not matter. */
  private record Statuses(EnumSet<PaymentStatus> among) {

    static Statuses parse(String text) {
      var among = EnumSet.noneOf(PaymentStatus.class);
      for (String one : text.split(",", -1)) {
        among.add(status(one));
      }
      return new Statuses(among);
    }

    @Override
    public String toString() {
      return joined(",");
    }

    /**
     * The conditions for these statuses: a payment that has failed may not be stored as failed yet.
     */
    List<String> alternatives() {
      boolean processing = among.contains(PaymentStatus.PROCESSING);
      if (processing == among.contains(PaymentStatus.FAILED)) {
        return List.of(stored());
      }
      if (!processing) {
        return List.of(stored(), STRANDED);
      }
      var others = new Statuses(EnumSet.copyOf(among));
      others.among.remove(PaymentStatus.PROCESSING);
      return others.among.isEmpty() ? List.of(UNRESOLVED) : List.of(others.stored(), UNRESOLVED);
    }

    /**
     * Literals, because the planner uses the index that leaves out succeeded payments only if it
     * sees the statuses.
     */
    private String stored() {
      return "status in ('" + joined("', '") + "')";
    }

    private String joined(String separator) {
      return among.stream().map(PaymentStatus::text).collect(Collectors.joining(separator));
    }
  }

  private static final String UNRESOLVED =
      "status = 'processing' and resolves_by > current_timestamp";

  /** It has failed, see {@link Payment#seenAt}, but that is not stored yet. */
  private static final String STRANDED =
      "status = 'processing' and resolves_by <= current_timestamp";

  private final String condition;
  private final Function<String, Object> parser;

  PaymentFilter(String condition, Function<String, Object> parser) {
    this.condition = condition;
    this.parser = parser;
  }

  /** The name of the query parameter. */
  String parameter() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Parses the value; throws {@link IllegalArgumentException} with what it must be. */
  Object parse(String text) {
    return parser.apply(text);
  }

  /** The condition on a row; for statuses see {@link #statusAlternatives}. */
  String condition() {
    return condition;
  }

  /** The conditions on a row's status, of which one must hold. */
  static List<String> statusAlternatives(Object statuses) {
    return ((Statuses) statuses).alternatives();
  }

  /** The value, once for each parameter of the condition. */
  List<Object> bound(Object value) {
    return Collections.nCopies((int) condition.chars().filter(c -> c == '?').count(), value);
  }

  private static Object statuses(String text) {
    return Statuses.parse(text);
  }

  private static PaymentStatus status(String text) {
    return InvalidInputException.oneOf(List.of(PaymentStatus.values()), PaymentStatus::text, text);
  }

  private static Object batch(String text) {
    return TypeId.parse("bat", text)
        .orElseThrow(() -> new IllegalArgumentException("must be the id of a batch: bat_…"));
  }

  private static Object amount(String text) {
    return QueryParameters.number(text, 0, Money.MAX_AMOUNT);
  }
}
