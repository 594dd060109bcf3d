package io.quittance.ledger.report;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.ledger.Account;
import io.quittance.ledger.CurrencyText;
import io.quittance.ledger.find.LedgerBodies.EntryBody;
import io.quittance.ledger.find.LedgerQueries;
import io.quittance.ledger.find.LedgerQueries.StatementLine;
import io.quittance.ledger.report.TrialBalanceReport.AccountTrialBalance;
import io.quittance.ledger.report.TrialBalanceReport.TrialBalance;
import io.quittance.web.Route;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Statements of accounts, and the trial balance. */
@RestController
class StatementController {

  private static final Set<String> STATEMENT_PARAMETERS = Set.of("from", "to", "limit", "cursor");

  private final LedgerQueries queries;
  private final AccountHistory history;
  private final Reports reports;

  StatementController(LedgerQueries queries, AccountHistory history, Reports reports) {
    this.queries = queries;
    this.history = history;
    this.reports = reports;
  }

  @GetMapping("/v1/accounts/{id}/entries")
  @Route(
      id = "listEntries",
      summary = "Lists an account's entries",
      description = "A statement: `from` is included, `to` is not.",
      query = {"from", "to", "limit", "cursor"})
  @RequiresScope(Scope.LEDGER_READ)
  Page<EntryBody> entries(@PathVariable String id, HttpServletRequest http, Caller caller) {
    QueryParameters query = QueryParameters.of(http, STATEMENT_PARAMETERS);
    query.check();
    Period period = Period.of(query.text("from"), query.text("to"));
    PageRequest page = query.page("entries %s %s".formatted(id, period));
    return Page.of(
        statement(queries.require(caller.merchantId(), id), period, page),
        page,
        line -> Long.toString(line.number()),
        EntryBody::from);
  }

  private List<StatementLine> statement(Account account, Period period, PageRequest page) {
    long before = period.from() == null ? 0 : history.entriesBefore(account, period.from());
    long last = period.to() == null ? Long.MAX_VALUE : history.entriesBefore(account, period.to());
    return queries.statement(account.key(), before, last, page);
  }

  @GetMapping("/v1/ledger/trial-balance")
  @Route(id = "getTrialBalance", summary = "Sums up the books by currency")
  @RequiresScope(Scope.LEDGER_READ)
  Page<TrialBalance> trialBalance(Caller caller) {
    return new Page<>(
        reports.read(
            caller.merchantId(),
            books -> new TrialBalanceReport(books, caller.merchantId()).byCurrency()),
        false,
        null);
  }

  @GetMapping("/v1/ledger/trial-balance/accounts")
  @Route(
      id = "listAccountTrialBalances",
      summary = "Sums up the books by account",
      description =
          "In the order of the accounts' ids. Each page is a report of its own, made from the"
              + " entries.",
      query = {"currency", "limit", "cursor"})
  @RequiresScope(Scope.LEDGER_READ)
  Page<AccountTrialBalance> accountTrialBalances(HttpServletRequest http, Caller caller) {
    QueryParameters query = QueryParameters.of(http, Set.of("currency", "limit", "cursor"));
    String currency = query.read("currency", CurrencyText::parse);
    PageRequest page = query.page("trial-balance " + currency);
    return Page.of(
        reports.read(
            caller.merchantId(),
            books -> new TrialBalanceReport(books, caller.merchantId()).byAccount(currency, page)),
        page,
        AccountTrialBalance::account,
        row -> row);
  }
}
