package io.quittance.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.access.Caller;
import io.quittance.access.RequiresScope;
import io.quittance.access.Scope;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.ExpiredInQueueException;
import io.quittance.journal.DatabaseUnavailableException;
import io.quittance.journal.FateUnknownException;
import io.quittance.journal.Idempotency;
import io.quittance.journal.IdempotencyKey;
import io.quittance.journal.Journal;
import io.quittance.journal.KeyRecord;
import io.quittance.journal.KeyTakenException;
import io.quittance.journal.KeyedRequest;
import io.quittance.ledger.LedgerBodies.NewTransfer;
import io.quittance.ledger.LedgerBodies.TransferBody;
import io.quittance.money.Money;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import io.quittance.web.Resolution;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Transfers: money moved at once, without a payment around it. */
@RestController
class TransferController {

  private static final Logger log = LoggerFactory.getLogger(TransferController.class);
  private static final String OPERATION = "POST /v1/transfers";

  /** How long after its deadline a transfer that was begun is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Idempotency idempotency;
  private final Journal journal;
  private final LedgerQueries queries;
  private final ObjectMapper json;
  private final Resolution resolution;
  private final Duration budget;

  TransferController(
      Idempotency idempotency,
      Journal journal,
      LedgerQueries queries,
      ObjectMapper json,
      Resolution resolution,
      @Value("${quittance.deadline.default-ms:2000}") int budgetMs) {
    this.idempotency = idempotency;
    this.journal = journal;
    this.queries = queries;
    this.json = json;
    this.resolution = resolution;
    this.budget = Duration.ofMillis(budgetMs);
  }

  @PostMapping("/v1/transfers")
  @Route(
      id = "createTransfer",
      summary = "Moves money at once",
      answers = @Route.Answer(status = 201, body = TransferBody.class),
      problems = {
        ProblemCode.INSUFFICIENT_FUNDS,
        ProblemCode.ACCOUNT_NOT_FOUND,
        ProblemCode.CURRENCY_MISMATCH,
        ProblemCode.BALANCE_OUT_OF_RANGE,
        ProblemCode.SAME_ACCOUNT
      })
  @RequiresScope(Scope.LEDGER_WRITE)
  ResponseEntity<TransferBody> post(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @Valid @RequestBody NewTransfer body,
      Caller caller,
      HttpServletRequest servletRequest)
      throws JsonProcessingException {
    KeyedRequest request =
        idempotency.request(caller.merchantId(), OPERATION, IdempotencyKey.parse(key), body);
    TransferOrder order = order(body, caller);
    var deadline = Deadline.startingAt(RequestContext.of(servletRequest).arrivedNanos(), budget);
    return idempotency.run(
        request,
        deadline,
        IdempotencyKey.wait(prefer),
        () -> created(execute(new PostTransfer(request, order), deadline), false),
        holder -> Optional.of(created(replay(caller, holder), true)));
  }

  private TransferOrder order(NewTransfer body, Caller caller) throws JsonProcessingException {
    return new TransferOrder(
        caller.merchantId(),
        TypeId.next(),
        body.from(),
        body.to(),
        new Money(body.amount(), body.currency()),
        null,
        body.reference(),
        json.writeValueAsString(body.metadata() == null ? Map.of() : body.metadata()));
  }

  private Transfer execute(PostTransfer command, Deadline deadline) {
    try {
      var patience = Deadline.after(deadline.remaining().plus(PATIENCE));
      return switch (patience.await(journal.submit(command, deadline))) {
        case PostTransfer.Result.Posted posted -> posted.transfer();
        case PostTransfer.Result.Refused refused ->
            throw Problem.of(refused.refusal().code(), refused.refusal().detail());
        case PostTransfer.Result.KeyTaken taken -> throw taken.by();
      };
    } catch (RejectedExecutionException e) {
      throw Problem.of(ProblemCode.OVERLOADED);
    } catch (ExpiredInQueueException e) {
      throw Problem.of(ProblemCode.DEADLINE_EXCEEDED);
    } catch (DeadlineExceededException | FateUnknownException e) {
      throw unknown("The transfer was begun, and is not confirmed yet", deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown("The service is stopping", deadline);
    } catch (DatabaseUnavailableException e) {
      throw Problem.of(
              ProblemCode.DEPENDENCY_UNAVAILABLE,
              "The dependency ledger did not answer; nothing was moved.")
          .dependency("ledger");
    } catch (Problem | KeyTakenException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("A transfer failed by its own fault, and was rolled back", e);
      throw Problem.of(ProblemCode.INTERNAL_ERROR);
    }
  }

  private Problem unknown(String reason, Deadline deadline) {
    return Problem.of(
            ProblemCode.DEADLINE_EXCEEDED, reason + "; repeat the request with the same key.")
        .unknownUntil(resolution.after(deadline.remaining()));
  }

  private Transfer replay(Caller caller, KeyRecord holder) {
    holder.throwRefusal();
    return queries
        .transfer(caller.merchantId(), Objects.requireNonNull(holder.objectId()))
        .orElseThrow();
  }

  private static ResponseEntity<TransferBody> created(Transfer transfer, boolean replayed) {
    var response = ResponseEntity.status(HttpStatus.CREATED);
    if (replayed) {
      response.header("Idempotent-Replayed", "true");
    }
    return response.body(TransferBody.from(transfer));
  }

  @GetMapping("/v1/transfers/{id}")
  @Route(id = "getTransfer", summary = "Shows a transfer")
  @RequiresScope(Scope.LEDGER_READ)
  TransferBody get(@PathVariable String id, Caller caller) {
    return queries
        .transfer(caller.merchantId(), TypeId.require("trf", id))
        .map(TransferBody::from)
        .orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
  }
}
