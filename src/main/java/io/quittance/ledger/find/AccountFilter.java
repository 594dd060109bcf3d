package io.quittance.ledger.find;

import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountStatus;
import io.quittance.ledger.CurrencyText;
import io.quittance.web.InvalidInputException;
import io.quittance.web.query.QueryParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What accounts are listed by; null: any. */
public record AccountFilter(
    @Nullable AccountKind kind, @Nullable String currency, @Nullable AccountStatus status) {

  /** Reads the filters that are there, and notes in the query what is wrong with them. */
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

  /** One text for one filter, for its cursors. */
  public String text() {
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
