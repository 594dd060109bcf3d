package io.quittance.payment.search;

import io.quittance.web.InputError.Code;
import io.quittance.web.query.QueryParameters;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The filters of one search and their values; a payment is found if it meets all of them. */
record PaymentFilters(Map<PaymentFilter, Object> values) {

  /** Reads the filters of the query, and reports errors to it. */
  static PaymentFilters from(QueryParameters query) {
    var values = new EnumMap<PaymentFilter, Object>(PaymentFilter.class);
    for (PaymentFilter filter : PaymentFilter.values()) {
      Object value = query.read(filter.parameter(), filter::parse);
      if (value != null) {
        values.put(filter, value);
      }
    }
    inOrder(query, PaymentFilter.AMOUNT_MIN, PaymentFilter.AMOUNT_MAX, values);
    inOrder(query, PaymentFilter.CREATED_FROM, PaymentFilter.CREATED_TO, values);
    return new PaymentFilters(values);
  }

  private static void inOrder(
      QueryParameters query,
      PaymentFilter from,
      PaymentFilter to,
      Map<PaymentFilter, Object> values) {
    if (after(values.get(from), values.get(to))) {
      query.reject(
          from.parameter(), Code.OUT_OF_RANGE, "must not be above `" + to.parameter() + "`");
    }
  }

  @SuppressWarnings("unchecked") // both sides of a range have the same parser
  private static boolean after(@Nullable Object from, @Nullable Object to) {
    return from != null
        && to != null
        && Comparator.<Comparable<Object>>naturalOrder()
                .compare((Comparable<Object>) from, (Comparable<Object>) to)
            > 0;
  }

  /**
   * A text that identifies the search, for its cursors. Only the last value, a reference, can
   * contain a space, so no two searches have the same text.
   */
  String text() {
    return values.entrySet().stream()
        .map(filter -> " " + filter.getKey().parameter() + "=" + filter.getValue())
        .collect(Collectors.joining("", "payments", ""));
  }

  /**
   * Alternative conditions, of which a payment must meet one; each has an index. All bind the same
   * values.
   */
  List<String> alternatives() {
    Object status = values.get(PaymentFilter.STATUS);
    return status == null
        ? List.of(conditions(""))
        : PaymentFilter.statusAlternatives(status).stream().map(this::conditions).toList();
  }

  private String conditions(String status) {
    return values.entrySet().stream()
        .map(
            filter ->
                filter.getKey() == PaymentFilter.STATUS ? status : filter.getKey().condition())
        .map(condition -> " and " + condition)
        .collect(Collectors.joining());
  }

  /** The values to bind to the conditions, in order. */
  List<Object> bound() {
    return values.entrySet().stream()
        .flatMap(filter -> filter.getKey().bound(filter.getValue()).stream())
        .toList();
  }

  /** The requested currency. */
  Object currency() {
    return Objects.requireNonNull(values.get(PaymentFilter.CURRENCY));
  }

  /** The requested accounts, if a currency is requested too. */
  List<Object> accountsInCurrency() {
    return values.containsKey(PaymentFilter.CURRENCY)
        ? Stream.of(PaymentFilter.PAYER, PaymentFilter.PAYEE)
            .filter(values::containsKey)
            .map(account -> Objects.requireNonNull(values.get(account)))
            .toList()
        : List.of();
  }
}
