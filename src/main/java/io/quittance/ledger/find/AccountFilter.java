package io.quittance.ledger.find;

import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountStatus;
import io.quittance.ledger.CurrencyText;
import io.quittance.web.InvalidInputException;
import io.quittance.web.query.QueryParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters of the list of accounts; null: any value. */
public record AccountFilter(
    @Nullable AccountKind kind, @Nullable String currency, @Nullable AccountStatus status) {

  /** Reads the filters of the query, and reports errors to it. */
  public static AccountFilter from(QueryParameters query) {
    return new AccountFilter(
        query.read(
            "kind",
            text ->
                InvalidInputException.oneOf(
                    List.of(AccountKind.values()), AccountKind::text, text)),
        query.read("currency", CurrencyText::parse),
        query.read(
            "status",
            text ->
                InvalidInputException.oneOf(
                    List.of(AccountStatus.values()), AccountStatus::text, text)));
  }

  /** A text that identifies the filters, for cursors. */
  public String text() {
    return "accounts %s %s %s".formatted(kind, currency, status);
  }

  /**
   * The additional conditions of a {@code where}. Kind and status are literals, because the planner
   * uses the indexes that leave out most accounts only if it sees the values.
   */
  String conditions() {
    return (kind == null ? "" : " and kind = '" + kind.text() + "'")
        + (status == null ? "" : " and status = '" + status.text() + "'")
        + (currency == null ? "" : " and currency = cast(? as char(3))");
  }

  /** The values to bind to the conditions. */
  List<Object> values() {
    return currency == null ? List.of() : List.of(currency);
  }
}
