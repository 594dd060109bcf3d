package io.quittance.openapi;

import static io.quittance.openapi.ValueSchemas.account;
import static io.quittance.openapi.ValueSchemas.id;
import static io.quittance.openapi.ValueSchemas.number;
import static io.quittance.openapi.ValueSchemas.oneOf;
import static io.quittance.openapi.ValueSchemas.text;
import static io.quittance.openapi.ValueSchemas.texts;
import static io.quittance.openapi.ValueSchemas.time;

import io.quittance.audit.AuditEntry;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountStatus;
import io.quittance.money.Money;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Describes the parameters in queries and headers. A name has one meaning, except in lists where it
 * has its own. The class is long because it is a list.
 */
final class KnownParameters {

  static final String SOME_ID = "_01k9z3v8e4f6h8j0m2p4r6t8w0";

  private static final String STATES =
      "processing|in_review|authorized|succeeded|declined|failed|canceled|expired";
  private static final String ITEM_STATES =
      "succeeded|authorized|in_review|declined|failed|processing|unknown|not_started";

  private final Map<String, Parameter> known = new LinkedHashMap<>();

  KnownParameters() {
    headers();
    pages();
    searches();
    reports();
    ledger();
    analytics();
    batches();
  }

  /**
   * The parameters by name; a list's own ones by the list's path segment, a hyphen and the name.
   */
  Map<String, Parameter> byName() {
    return known;
  }

  private void headers() {
    add(
            "header",
            IdempotencyHeaders.KEY,
            "Names this request: a repetition is answered as the first request was.")
        .schema(text("^[ -~]+$").minLength(1).maxLength(255))
        .example("order-1842");
    add("header", DeadlineHeader.NAME, "How long the caller can wait, in milliseconds.")
        .schema(number(50, 30_000).format("int32").example(2_000));
    add("header", "Prefer", "`wait=N`: joins the same request if it still runs, for N seconds.")
        .schema(text("wait\\s*=\\s*[0-9]{1,4}"))
        .example("wait=5");
    add("header", "X-Request-Id", "The caller's name for this request, returned by the answer.")
        .schema(text("^[A-Za-z0-9._:-]+$").minLength(1).maxLength(128))
        .example("checkout-7f3a");
  }

  private void pages() {
    Schema<?> limit = number(1, 100).format("int32");
    limit.setDefault(20);
    add("query", "limit", "How many rows a page has at most.").schema(limit);
    add("query", "cursor", "The `next_cursor` of the page before, with the same filters.")
        .schema(Schemas.schema("string").maxLength(4_000));
  }

  private void searches() {
    add("query", "status", "Payments in one of these states, comma-separated.")
        .schema(text("^(%1$s)(,(%1$s))*$".formatted(STATES)))
        .example("declined,failed");
    add("query", "payer", "Payments from this account.").schema(account()).example("alice");
    add("query", "payee", "Payments to this account.").schema(account()).example("shop");
    add("query", "reference", "The payment with this reference.")
        .schema(Schemas.schema("string").minLength(1).maxLength(255))
        .example("order-1842");
    add("query", "currency", "Payments in this currency (ISO 4217).")
        .schema(text("^[A-Z]{3}$"))
        .example("EUR");
    add("query", "created_from", "Payments from this instant on.")
        .schema(time())
        .example("2026-01-01T00:00:00.000Z");
    add("query", "created_to", "Payments before this instant.")
        .schema(time())
        .example("2027-01-01T00:00:00.000Z");
    add("query", "amount_min", "Payments of at least this amount, in minor units.")
        .schema(number(0, Money.MAX_AMOUNT).format("int64").example(100));
    add("query", "amount_max", "Payments of at most this amount, in minor units.")
        .schema(number(0, Money.MAX_AMOUNT).format("int64").example(500_000));
    add("query", "batch_id", "Payments of this batch.").schema(id("bat")).example("bat" + SOME_ID);
    add("query", "type", "Events of this type.").schema(Schemas.reference("EventType"));
    add("query", "payment_id", "Events of this payment.")
        .schema(id("pay"))
        .example("pay" + SOME_ID);
    add("query", "state", "Deliveries in this state.")
        .schema(oneOf("pending", "delivered", "dead"));
  }

  private void reports() {
    add("query", "action", "Changes of this kind.")
        .schema(oneOf(AuditEntry.ACTIONS.toArray(String[]::new)))
        .example("api_key.created");
    add("query", "object_id", "Changes of this object.")
        .schema(text("^[a-zA-Z0-9_.:-]{1,64}$"))
        .example("key" + SOME_ID);
    add("query", "from", "Entries from this instant on.")
        .schema(time())
        .example("2026-01-01T00:00:00.000Z");
    add("query", "to", "Entries before this instant.")
        .schema(time())
        .example("2027-01-01T00:00:00.000Z");
    add("query", "at", "An instant that is not in the future; now, if it is left out.")
        .schema(time())
        .example("2026-01-31T12:00:00.000Z");
    add("query", "account", "One account only.").schema(account()).example("shop");
    add("query", "format", "The format of the file.").schema(oneOf("hledger"));
  }

  /** Parameters that mean something else in the lists of the ledger, or exist only there. */
  private void ledger() {
    addTo("accounts", "kind", "Accounts of this kind.")
        .schema(texts(AccountKind.values(), AccountKind::text));
    addTo("accounts", "currency", "Accounts in this currency (ISO 4217).")
        .schema(text("^[A-Z]{3}$"))
        .example("EUR");
    addTo("accounts", "status", "Accounts with this status.")
        .schema(texts(AccountStatus.values(), AccountStatus::text));
    addTo("ledger", "currency", "Accounts in this currency (ISO 4217) only.")
        .schema(text("^[A-Z]{3}$"))
        .example("EUR");
    addTo("audit-log", "from", "Changes from this instant on.")
        .schema(time())
        .example("2026-01-01T00:00:00.000Z");
    addTo("audit-log", "to", "Changes before this instant.")
        .schema(time())
        .example("2027-01-01T00:00:00.000Z");
    addTo("transfers", "from", "Transfers from this account.").schema(account()).example("world");
    addTo("transfers", "to", "Transfers to this account.").schema(account()).example("alice");
    addTo("transfers", "reference", "Transfers with this reference.")
        .schema(Schemas.schema("string").minLength(1).maxLength(255))
        .example("deposit-9");
    addTo("transfers", "created_from", "Transfers from this instant on.")
        .schema(time())
        .example("2026-01-01T00:00:00.000Z");
    addTo("transfers", "created_to", "Transfers before this instant.")
        .schema(time())
        .example("2027-01-01T00:00:00.000Z");
  }

  private void analytics() {
    addTo("series", "metric", "The figure.")
        .schema(
            oneOf(
                "payments.count",
                "payments.amount",
                "payments.success_rate",
                "payments.latency",
                "payments.payers",
                "refunds.amount",
                "fraud.declines",
                "events.count",
                "events.amount",
                "events.sessions"))
        .example("payments.count");
    addTo("series", "step", "The length of a point; `1m` if left out.")
        .schema(oneOf("1s", "1m", "1h", "1d"));
    addTo(
            "series",
            "group_by",
            "A series for each value of these: `type`, `currency`, `payee`, `status`, `reason`,"
                + " `label:KEY`, comma-separated. Amounts are always split by currency.")
        .schema(
            text(
                "^(type|currency|payee|status|reason|label:[^,]{1,64})(,(type|currency|payee|status|reason|label:[^,]{1,64}))*$"))
        .example("currency");
    addTo("series", "quantile", "Of `payments.latency`: 0.5 to 0.999, 0.95 if left out.")
        .schema(
            Schemas.schema("number")
                .minimum(BigDecimal.valueOf(0.5))
                .maximum(BigDecimal.valueOf(0.999)))
        .example(0.95);
    addTo("top", "by", "Whose figures are compared; `payee` if left out.")
        .schema(oneOf("payee", "payer", "type"));
    addTo("top", "metric", "By what they are compared; `count` if left out.")
        .schema(oneOf("count", "amount"));
    addTo(
            "analytics",
            "from",
            "The beginning, rounded down to a whole step. Up to 15 minutes before `to` with the"
                + " step `1s`, 7 days with `1m`, 400 days otherwise.")
        .schema(time())
        .example("2026-01-31T12:00:00.000Z");
    addTo("analytics", "to", "The end, rounded up to a whole step; now, if it is left out.")
        .schema(time())
        .example("2026-01-31T13:00:00.000Z");
  }

  private void batches() {
    addTo("payment-batches", "status", "Items in one of these states, comma-separated.")
        .schema(text("^(%1$s)(,(%1$s))*$".formatted(ITEM_STATES)))
        .example("failed,not_started");
    addTo(
            "header",
            "payment-batches",
            DeadlineHeader.NAME,
            "How long the batch may take, in milliseconds: at most 120000 (10000 if left out); with"
                + " `Prefer: respond-async` at most 600000 (which it gets if left out).")
        .schema(number(50, 600_000).format("int32").example(10_000));
    addTo(
            "header",
            "payment-batches",
            "Prefer",
            "`respond-async`: the batch goes on in the background. `wait=N`: joins the same request"
                + " if it still runs, for N seconds.")
        .schema(text("wait\\s*=\\s*[0-9]{1,4}|respond-async"))
        .example("respond-async");
  }

  /** A parameter of the routes whose first, or last, segment after /v1 is this one. */
  private Parameter addTo(String segment, String name, String description) {
    return addTo("query", segment, name, description);
  }

  private Parameter addTo(String in, String segment, String name, String description) {
    Parameter parameter = add(in, segment + "-" + name, description);
    return parameter.name(name);
  }

  private Parameter add(String in, String name, String description) {
    var parameter = new Parameter().in(in).name(name).description(description).required(false);
    known.put(name, parameter);
    return parameter;
  }
}
