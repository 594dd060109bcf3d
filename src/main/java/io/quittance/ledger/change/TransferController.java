package io.quittance.ledger.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Idempotency;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.Keyed;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.idempotency.Replayable;
import io.quittance.idempotency.ResourceLookups;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.ledger.Transfer;
import io.quittance.ledger.TransferOrder;
import io.quittance.ledger.find.LedgerBodies.TransferBody;
import io.quittance.ledger.find.LedgerQueries;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Transfers: money is moved at once, without a payment. */
@RestController
class TransferController {

  private static final String OPERATION = "POST /v1/transfers";

  private final Idempotency idempotency;
  private final LedgerCommands commands;
  private final LedgerQueries queries;
  private final ResourceLookups resources;
  private final ObjectMapper json;

  TransferController(
      Idempotency idempotency,
      LedgerCommands commands,
      LedgerQueries queries,
      ResourceLookups resources,
      ObjectMapper json) {
    this.idempotency = idempotency;
    this.commands = commands;
    this.queries = queries;
    this.resources = resources;
    this.json = json;
  }

  @PostMapping("/v1/transfers")
  @Route(
      id = "createTransfer",
      summary = "Moves money at once",
      answers = @Route.Answer(status = 201, body = TransferBody.class),
      refusals = ProblemCode.Refusals.TRANSFERS)
  @RequiresScope(Scope.LEDGER_WRITE)
  ResponseEntity<TransferBody> post(
      IdempotencyHeaders headers,
      @Valid @RequestBody NewTransfer body,
      Caller caller,
      HttpServletRequest servletRequest)
      throws JsonProcessingException {
    KeyedRequest request =
        idempotency.request(caller.merchantId(), OPERATION, headers.requireKey(), body);
    var command = new PostTransfer(request, body.order(caller.merchantId(), json));
    return run(request, _ -> command, headers, caller, servletRequest);
  }

  /**
   * @param command makes the command within the deadline; it may look up its object
   */
  private ResponseEntity<TransferBody> run(
      KeyedRequest request,
      Function<Deadline, TransferCommand> command,
      IdempotencyHeaders headers,
      Caller caller,
      HttpServletRequest servletRequest) {
    Deadline deadline = commands.deadline(servletRequest);
    return idempotency.run(
        request,
        deadline,
        headers.waitLimit(),
        Replayable.of(
            () -> created(execute(command.apply(deadline), deadline), false),
            holder -> Optional.of(created(replay(caller, holder, deadline), true))));
  }

  @PostMapping("/v1/transfers/{id}/reverse")
  @Route(
      id = "reverseTransfer",
      summary = "Reverses a transfer, whole or in part",
      description =
          "Makes a new transfer in the other direction, with the same reference. All reversals of a"
              + " transfer together reverse no more than it moved. A reversal is a transfer like"
              + " any other and can be reversed itself; the first transfer cannot be reversed again"
              + " because of that. Payments are refunded instead.",
      answers = @Route.Answer(status = 201, body = TransferBody.class),
      refusals = ProblemCode.Refusals.RETURNS,
      problems = {ProblemCode.AMOUNT_EXCEEDS_REVERSIBLE, ProblemCode.ACCOUNT_FROZEN})
  @RequiresScope(Scope.LEDGER_WRITE)
  ResponseEntity<TransferBody> reverse(
      @PathVariable String id,
      IdempotencyHeaders headers,
      @Valid @RequestBody(required = false) @Nullable NewReversal body,
      Caller caller,
      HttpServletRequest servletRequest) {
    NewReversal asked = body == null ? new NewReversal(null, null) : body;
    UUID transferId = TypeId.require("trf", id);
    KeyedRequest request =
        idempotency.request(
            caller.merchantId(), OPERATION + "/" + id + "/reverse", headers.requireKey(), asked);
    return run(
        request,
        deadline ->
            new ReverseTransfer(
                request,
                order(caller, transferId, deadline),
                TypeId.next(),
                asked.amount(),
                asked.reason()),
        headers,
        caller,
        servletRequest);
  }

  private TransferOrder order(Caller caller, UUID transferId, Deadline deadline) {
    UUID merchantId = caller.merchantId();
    return resources
        .find(merchantId, deadline, () -> queries.transfer(merchantId, transferId))
        .orElseThrow(() -> Problem.notFound("transfer"))
        .order();
  }

  private Transfer execute(TransferCommand command, Deadline deadline) {
    var keyed = new KeyedCommand<>(command.request(), command);
    Keyed<TransferCommand.Result> result =
        commands.execute(keyed, deadline, "repeat the request with the same key");
    return switch (result.orThrow()) {
      case TransferCommand.Result.Posted posted -> posted.transfer();
      case TransferCommand.Result.Refused refused ->
          throw Problem.of(refused.refusal().code(), refused.refusal().detail());
    };
  }

  private Transfer replay(Caller caller, KeyRecord holder, Deadline deadline) {
    holder.throwRefusal();
    UUID merchantId = caller.merchantId();
    UUID made = Objects.requireNonNull(holder.objectId());
    return resources
        .findLate(merchantId, deadline, () -> queries.transfer(merchantId, made))
        .orElseThrow();
  }

  private static ResponseEntity<TransferBody> created(Transfer transfer, boolean replayed) {
    var response = ResponseEntity.status(HttpStatus.CREATED);
    if (replayed) {
      response.header(IdempotencyHeaders.REPLAYED, "true");
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
        .orElseThrow(() -> Problem.notFound("transfer"));
  }
}
