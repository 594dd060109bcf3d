package io.quittance.ledger;

import io.quittance.money.Currencies;
import io.quittance.web.QueryParameters;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What accounts are listed by; null: any. */
record AccountFilter(
    Account.@Nullable Kind kind, @Nullable String currency, Account.@Nullable Status status) {

  /** Reads the filters that are there, and notes in the query what is wrong with them. */
  static AccountFilter from(QueryParameters query) {
    return new AccountFilter(
        query.read("kind", text -> oneOf(Account.Kind.values(), text)),
        query.read("currency", AccountFilter::currency),
        query.read("status", text -> oneOf(Account.Status.values(), text)));
  }

  private static <E extends Enum<E>> E oneOf(E[] values, String text) {
    return Stream.of(values)
        .filter(value -> name(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Stream.of(values)
                        .map(AccountFilter::name)
                        .collect(Collectors.joining(", ", "must be one of ", ""))));
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static String currency(String text) {
    if (!Currencies.isCode(text)) {
      throw new IllegalArgumentException("must be an ISO 4217 alphabetic code in upper case");
    }
    return text;
  }

  /** One text for one filter, for its cursors. */
  String text() {
    return "accounts %s %s %s".formatted(kind, currency, status);
  }

  /**
   * What follows the first conditions of a {@code where}. Kind and status are written out, from the
   * enums: the indexes that leave most accounts out are used only if the planner sees which is
   * meant.
   */
  String conditions() {
    return (kind == null ? "" : " and kind = '" + kind.text() + "'")
        + (status == null ? "" : " and status = '" + status.text() + "'")
        + (currency == null ? "" : " and currency = cast(? as char(3))");
  }

  /** The values that are bound to the conditions. */
  List<Object> values() {
    return currency == null ? List.of() : List.of(currency);
  }
}
