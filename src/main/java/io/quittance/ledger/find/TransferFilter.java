package io.quittance.ledger.find;

import io.quittance.ledger.AccountIds;
import io.quittance.web.InputError.Code;
import io.quittance.web.query.QueryParameters;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters of the list of transfers; null: any value. */
record TransferFilter(
    @Nullable String from,
    @Nullable String to,
    @Nullable OffsetDateTime createdFrom,
    @Nullable OffsetDateTime createdTo,
    @Nullable String reference) {

  /** Reads the filters of the query, and reports errors to it. */
  static TransferFilter from(QueryParameters query) {
    var filter =
        new TransferFilter(
            query.read("from", AccountIds::parse),
            query.read("to", AccountIds::parse),
            query.read("created_from", QueryParameters::instant),
            query.read("created_to", QueryParameters::instant),
            query.read("reference", QueryParameters::reference));
    if (filter.createdFrom != null
        && filter.createdTo != null
        && filter.createdFrom.isAfter(filter.createdTo)) {
      query.reject("created_from", Code.OUT_OF_RANGE, "must not be above `created_to`");
    }
    return filter;
  }

  /** A text that identifies the filters, for cursors. Only the last value may contain a space. */
  String text() {
    return "transfers %s %s %s %s %s".formatted(from, to, createdFrom, createdTo, reference);
  }

  /** The additional conditions of a {@code where}. */
  String conditions() {
    return (from == null ? "" : " and from_account = ?")
        + (to == null ? "" : " and to_account = ?")
        + (createdFrom == null ? "" : " and created_at >= ?")
        + (createdTo == null ? "" : " and created_at < ?")
        + (reference == null ? "" : " and reference = ?");
  }

  /** The values to bind to the conditions. */
  List<Object> values() {
    var values = new ArrayList<Object>();
    for (Object value : new @Nullable Object[] {from, to, createdFrom, createdTo, reference}) {
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }
}
