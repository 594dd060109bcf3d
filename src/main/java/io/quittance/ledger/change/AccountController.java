package io.quittance.ledger.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.ResourceLookups;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.journal.AccountKey;
import io.quittance.ledger.Account;
import io.quittance.ledger.AccountIds;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountTerms;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.find.AccountFilter;
import io.quittance.ledger.find.LedgerBodies.AccountBody;
import io.quittance.ledger.find.LedgerQueries;
import io.quittance.money.Currencies;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.log.CardNumbers;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Opens, changes, freezes and closes accounts, and shows them with their balances. */
@RestController
class AccountController {

  private static final Set<String> LIST_PARAMETERS =
      Set.of("kind", "currency", "status", "limit", "cursor");

  private final LedgerQueries queries;
  private final ResourceLookups resources;
  private final AccountOpening opening;
  private final LedgerCommands commands;
  private final ObjectMapper json;

  AccountController(
      LedgerQueries queries,
      ResourceLookups resources,
      AccountOpening opening,
      LedgerCommands commands,
      ObjectMapper json) {
    this.queries = queries;
    this.resources = resources;
    this.opening = opening;
    this.commands = commands;
    this.json = json;
  }

  @PutMapping("/v1/accounts/{id}")
  @Route(
      id = "openAccount",
      summary = "Opens an account",
      description =
          "Repeating the request with the same values returns 200; different values return 409.",
      answers = {
        @Route.Answer(status = 201, body = AccountBody.class),
        @Route.Answer(status = 200, body = AccountBody.class)
      },
      problems = ProblemCode.ACCOUNT_EXISTS)
  @RequiresScope(Scope.LEDGER_WRITE)
  ResponseEntity<AccountBody> put(
      @PathVariable String id, @Valid @RequestBody NewAccount body, Caller caller)
      throws JsonProcessingException {
    if (!AccountIds.areLike(id)) {
      throw Problem.invalid("id", Code.INVALID_FORMAT, AccountIds.RULE);
    }
    if (CardNumbers.in(id)) {
      throw Problem.invalid("id", Code.NOT_ALLOWED, CardNumbers.RULE);
    }
    var key = new AccountKey(caller.merchantId(), id);
    AccountTerms terms = body.terms(json);
    Optional<Account> known = queries.account(key);
    boolean opened = known.isEmpty() && open(key, terms, caller);
    Account account = known.isPresent() ? known.get() : queries.account(key).orElseThrow();
    if (!opened) {
      refuseUnlessTheSame(account, terms);
    }
    return ResponseEntity.status(opened ? HttpStatus.CREATED : HttpStatus.OK)
        .body(AccountBody.from(account));
  }

  private boolean open(AccountKey key, AccountTerms terms, Caller caller) {
    if (!Currencies.isActive(terms.currency())) {
      throw Problem.invalid(
          "currency",
          Code.NOT_ONE_OF,
          "must be a current ISO 4217 code; %s is withdrawn, or reserved for tests"
              .formatted(terms.currency()));
    }
    if (terms.kind() == AccountKind.EXTERNAL && terms.overdraftLimit() > 0) {
      throw overdraftOfExternal();
    }
    return opening.open(key, terms, caller.origin());
  }

  private static Problem overdraftOfExternal() {
    return Problem.invalid(
        "overdraft_limit",
        Code.NOT_ALLOWED,
        "has no effect: external accounts have no lower limit; omit the field");
  }

  private void refuseUnlessTheSame(Account account, AccountTerms terms)
      throws JsonProcessingException {
    if (account.status().isFinal()) {
      throw Problem.of(
          ProblemCode.ACCOUNT_EXISTS,
          "The account %s is closed and cannot be reopened; its id cannot be used again."
              .formatted(account.key().id()));
    }
    if (!sameTerms(account.terms(), terms)) {
      throw Problem.of(
          ProblemCode.ACCOUNT_EXISTS,
          "The account %s exists with other values; PATCH changes name, metadata and overdraft_limit."
              .formatted(account.key().id()));
    }
  }

  private boolean sameTerms(AccountTerms one, AccountTerms other) throws JsonProcessingException {
    return one.withoutMetadata().equals(other.withoutMetadata())
        && json.readTree(one.metadataJson()).equals(json.readTree(other.metadataJson()));
  }

  @PatchMapping("/v1/accounts/{id}")
  @Route(
      id = "changeAccount",
      summary = "Changes, freezes or closes an account",
      description =
          "What is left out stays as it is; an empty `name` is none. Nothing new is paid from or to"
              + " a `frozen` account; captures, cancels, refunds and expiry go on. An account is"
              + " `closed` for good, and only with all balances at zero.",
      problems = {
        ProblemCode.ACCOUNT_NOT_EMPTY,
        ProblemCode.INVALID_STATE,
        ProblemCode.BALANCE_OUT_OF_RANGE,
        ProblemCode.OVERLOADED,
        ProblemCode.DEADLINE_EXCEEDED
      })
  @RequiresScope(Scope.LEDGER_WRITE)
  AccountBody change(
      @PathVariable String id,
      @Valid @RequestBody AccountUpdate body,
      Caller caller,
      HttpServletRequest http)
      throws JsonProcessingException {
    UUID merchantId = caller.merchantId();
    Deadline deadline = commands.deadline(http);
    Account account = resources.find(merchantId, deadline, () -> queries.require(merchantId, id));
    if (account.terms().kind() == AccountKind.EXTERNAL
        && body.overdraftLimit() != null
        && body.overdraftLimit() > 0) {
      throw overdraftOfExternal();
    }
    var command = new ChangeAccount(account.key(), body.patch(json), caller.origin());
    return switch (commands.execute(command, deadline, "read the account, or repeat the request")) {
      case ChangeAccount.Result.Changed(AccountBody changed) -> changed;
      case ChangeAccount.Result.Refused(Refusal refusal) ->
          throw Problem.of(refusal.code(), refusal.detail());
      case ChangeAccount.Result.NotFound _ -> throw Problem.notFound("account");
    };
  }

  @GetMapping("/v1/accounts/{id}")
  @Route(id = "getAccount", summary = "Shows an account and its balances")
  @RequiresScope(Scope.LEDGER_READ)
  AccountBody get(@PathVariable String id, Caller caller) {
    return AccountBody.from(queries.require(caller.merchantId(), id));
  }

  @GetMapping("/v1/accounts")
  @Route(
      id = "listAccounts",
      summary = "Lists accounts",
      query = {"kind", "currency", "status", "limit", "cursor"})
  @RequiresScope(Scope.LEDGER_READ)
  Page<AccountBody> list(HttpServletRequest http, Caller caller) {
    QueryParameters query = QueryParameters.of(http, LIST_PARAMETERS);
    AccountFilter filter = AccountFilter.from(query);
    PageRequest page = query.page(filter.text());
    return Page.of(
        queries.accounts(caller.merchantId(), filter, page),
        page,
        LedgerQueries::position,
        AccountBody::from);
  }
}
