package io.quittance.ledger.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.ledger.Account;
import io.quittance.ledger.find.LedgerQueries;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.QueryParameters;
import io.quittance.web.query.TimeParameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Reports for auditors: the balance at an instant, the export of the books, and their verification.
 */
@RestController
class ReportController {

  private static final Instant FOREVER = Instant.MAX;

  private final LedgerQueries queries;
  private final AccountHistory history;
  private final Reports reports;
  private final ExportSpool spool;
  private final Duration readLimit;

  ReportController(
      LedgerQueries queries,
      AccountHistory history,
      Reports reports,
      ExportSpool spool,
      LedgerProperties properties) {
    this.queries = queries;
    this.history = history;
    this.reports = reports;
    this.spool = spool;
    this.readLimit = properties.reportLimit();
  }

  /** The posted balance of an account at an instant, and its number of entries. */
  record BalanceBody(String accountId, String currency, Instant at, long posted, long entries) {}

  /** An error in the books. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BadBody(
      String accountId, @Nullable Long number, @Nullable String transferId, String reason) {

    static BadBody from(AccountCheck.Finding finding) {
      return new BadBody(
          finding.accountId(),
          finding.number(),
          finding.transferId() == null ? null : TypeId.format("trf", finding.transferId()),
          finding.reason());
    }
  }

  /** The result of a verification. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record VerificationBody(
      boolean intact,
      long accounts,
      long entries,
      long unchained,
      @Nullable String digest,
      @Nullable Instant at,
      @Nullable BadBody firstBad) {}

  @GetMapping("/v1/accounts/{id}/balance")
  @Route(id = "getBalance", summary = "Shows what an account had at an instant")
  @RequiresScope(Scope.LEDGER_READ)
  BalanceBody balance(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String at,
      Caller caller,
      HttpServletRequest http) {
    QueryParameters.of(http, Set.of("at")).check();
    Instant instant = past(at);
    Account account = queries.require(caller.merchantId(), id);
    String currency = account.terms().currency();
    if (instant == null) {
      return new BalanceBody(id, currency, history.now(), account.posted(), account.entryCount());
    }
    long entries = history.entriesBefore(account, Period.through(instant));
    return new BalanceBody(id, currency, instant, history.balanceAfter(account, entries), entries);
  }

  private @Nullable Instant past(@Nullable String at) {
    Instant instant = TimeParameter.of("at", at);
    if (instant != null && instant.isAfter(history.now())) {
      throw Problem.invalid("at", Code.OUT_OF_RANGE, "must not be in the future");
    }
    return instant;
  }

  @GetMapping("/v1/ledger/export")
  @Route(
      id = "exportLedger",
      summary = "Exports the books as a journal for hledger",
      answers = @Route.Answer(status = 200, body = String.class, mediaType = "text/plain"))
  @RequiresScope(Scope.LEDGER_READ)
  void export(
      @RequestParam String format,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      Caller caller,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    QueryParameters.of(http, Set.of("format", "from", "to")).check();
    if (!format.equals("hledger")) {
      throw Problem.invalid("format", Code.NOT_ONE_OF, "must be hledger");
    }
    Period period = Period.of(from, to);
    UUID merchantId = caller.merchantId();
    try (SpoolFile file = spool.open(merchantId)) {
      reports.read(merchantId, books -> spooled(books, merchantId, period, file));
      response.setContentType("text/plain;charset=utf-8");
      response.setContentLengthLong(file.length());
      file.copyTo(response.getOutputStream(), Deadline.after(readLimit));
    }
  }

  /**
   * Writes the whole export before the first byte is sent, so that a slow reader keeps no database
   * connection.
   */
  private static SpoolFile spooled(
      Reports.Snapshot books, UUID merchantId, Period period, SpoolFile file) {
    try {
      file.write(out -> new HledgerJournal(books, merchantId, period, out).write());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("an export cannot be kept on the disk", e);
    }
  }

  @GetMapping("/v1/ledger/verify")
  @Route(
      id = "verifyLedger",
      summary = "Recomputes the books and their hash chains",
      problems = ProblemCode.NOT_FOUND)
  @RequiresScope(Scope.LEDGER_READ)
  VerificationBody verify(
      @RequestParam(required = false) @Nullable String account,
      @RequestParam(required = false) @Nullable String at,
      Caller caller,
      HttpServletRequest http) {
    QueryParameters.of(http, Set.of("account", "at")).check();
    Instant instant = past(at);
    if (account != null) {
      queries.require(caller.merchantId(), account);
    }
    Instant digestBefore = instant == null ? FOREVER : Period.through(instant);
    Verification.Result result =
        reports.read(
            caller.merchantId(),
            books -> new Verification(books, caller.merchantId(), digestBefore).run(account));
    return new VerificationBody(
        result.firstBad() == null,
        result.accounts(),
        result.entries(),
        result.unchained(),
        result.digest(),
        instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS),
        result.firstBad() == null ? null : BadBody.from(result.firstBad()));
  }
}
