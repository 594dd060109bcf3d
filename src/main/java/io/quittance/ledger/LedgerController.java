package io.quittance.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.access.Caller;
import io.quittance.access.RequiresScope;
import io.quittance.access.Scope;
import io.quittance.journal.AccountKey;
import io.quittance.ledger.LedgerBodies.AccountBody;
import io.quittance.ledger.LedgerBodies.EntryBody;
import io.quittance.ledger.LedgerBodies.NewAccount;
import io.quittance.ledger.LedgerQueries.StatementLine;
import io.quittance.ledger.LedgerQueries.TrialBalance;
import io.quittance.web.CardNumbers;
import io.quittance.web.Page;
import io.quittance.web.PageRequest;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.QueryParameters;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Accounts, their statements, and the trial balance. */
@RestController
class LedgerController {

  private static final Set<String> STATEMENT_PARAMETERS = Set.of("from", "to", "limit", "cursor");

  private final LedgerQueries queries;
  private final AccountHistory history;
  private final Reports reports;
  private final ObjectMapper json;
  private final Clock clock;

  LedgerController(
      LedgerQueries queries,
      AccountHistory history,
      Reports reports,
      ObjectMapper json,
      Clock clock) {
    this.queries = queries;
    this.history = history;
    this.reports = reports;
    this.json = json;
    this.clock = clock;
  }

  @PutMapping("/v1/accounts/{id}")
  @Route(
      id = "openAccount",
      summary = "Opens an account",
      description = "The same again is 200, other values are 409.",
      answers = {
        @Route.Answer(status = 201, body = AccountBody.class),
        @Route.Answer(status = 200, body = AccountBody.class)
      },
      problems = ProblemCode.ACCOUNT_EXISTS)
  @RequiresScope(Scope.LEDGER_WRITE)
  ResponseEntity<AccountBody> put(
      @PathVariable String id, @Valid @RequestBody NewAccount body, Caller caller)
      throws JsonProcessingException {
    if (!id.matches(AccountId.PATTERN)) {
      throw Problem.invalid(
          ProblemCode.INVALID_REQUEST, "id", "must be an account id: " + AccountId.PATTERN);
    }
    if (CardNumbers.in(id)) {
      throw Problem.invalid(
          ProblemCode.INVALID_REQUEST, "id", "must not contain what looks like a card number");
    }
    var key = new AccountKey(caller.merchantId(), id);
    Account.Terms terms = terms(body);
    boolean opened = queries.account(key).isEmpty() && queries.open(key, terms, clock.instant());
    Account account = queries.account(key).orElseThrow();
    if (!opened && !sameTerms(account.terms(), terms)) {
      throw Problem.of(
          ProblemCode.ACCOUNT_EXISTS, "The account %s exists with other values.".formatted(id));
    }
    return ResponseEntity.status(opened ? HttpStatus.CREATED : HttpStatus.OK)
        .body(AccountBody.from(account));
  }

  private Account.Terms terms(NewAccount body) throws JsonProcessingException {
    return new Account.Terms(
        body.currency(),
        body.name(),
        body.kind() == null ? Account.Kind.STANDARD : body.kind(),
        body.overdraftLimit() == null ? 0 : body.overdraftLimit(),
        json.writeValueAsString(body.metadata() == null ? Map.of() : body.metadata()));
  }

  private boolean sameTerms(Account.Terms one, Account.Terms other) throws JsonProcessingException {
    return withoutMetadata(one).equals(withoutMetadata(other))
        && json.readTree(one.metadataJson()).equals(json.readTree(other.metadataJson()));
  }

  private static Account.Terms withoutMetadata(Account.Terms terms) {
    return new Account.Terms(
        terms.currency(), terms.name(), terms.kind(), terms.overdraftLimit(), "{}");
  }

  @GetMapping("/v1/accounts/{id}")
  @Route(id = "getAccount", summary = "Shows an account and its balances")
  @RequiresScope(Scope.LEDGER_READ)
  AccountBody get(@PathVariable String id, Caller caller) {
    return AccountBody.from(find(id, caller));
  }

  @GetMapping("/v1/accounts")
  @Route(
      id = "listAccounts",
      summary = "Lists accounts",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.LEDGER_READ)
  Page<AccountBody> list(HttpServletRequest http, Caller caller) {
    PageRequest page = PageRequest.of(http, "accounts");
    return Page.of(
        queries.accounts(caller.merchantId(), page),
        page,
        LedgerQueries::position,
        AccountBody::from);
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
        statement(find(id, caller), period, page),
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
        reports.read(books -> LedgerQueries.trialBalance(books, caller.merchantId())), false, null);
  }

  private Account find(String id, Caller caller) {
    return queries
        .account(new AccountKey(caller.merchantId(), id))
        .orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
  }
}
