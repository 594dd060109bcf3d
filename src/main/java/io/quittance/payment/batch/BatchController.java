package io.quittance.payment.batch;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Idempotency;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.idempotency.Replayable;
import io.quittance.idempotency.ResourceLookups;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.batch.item.AllOrNone;
import io.quittance.payment.batch.run.BatchDeadlines;
import io.quittance.payment.batch.run.BatchKeys;
import io.quittance.payment.batch.store.BatchItemBody;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.NewPaymentBatch;
import io.quittance.payment.batch.store.PaymentBatchBody;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Creates batches of payments, and resumes them. */
@RestController
class BatchController {

  /** The body of a resumption, which has no fields. */
  record NewResumption() {}

  static final String PATH = "/v1/payment-batches";

  private static final String OPERATION = "POST " + PATH;

  private final Batches batches;
  private final AtomicBatches atomics;
  private final BatchStore store;
  private final BatchResponses answers;
  private final Idempotency idempotency;
  private final ResourceLookups resources;

  BatchController(
      Batches batches,
      AtomicBatches atomics,
      BatchStore store,
      BatchResponses answers,
      Idempotency idempotency,
      ResourceLookups resources) {
    this.batches = batches;
    this.atomics = atomics;
    this.store = store;
    this.answers = answers;
    this.idempotency = idempotency;
    this.resources = resources;
  }

  @PostMapping(PATH)
  @Route(
      id = "createPaymentBatch",
      summary = "Makes many payments under one deadline",
      description =
          "201: what became of each item; also when the deadline has passed. 202: with `Prefer:"
              + " respond-async` the batch goes on in the background. Each payment needs a"
              + " reference. An atomic batch is always waited for.",
      answers = {
        @Route.Answer(status = 201, body = PaymentBatchBody.class),
        @Route.Answer(status = 202, body = PaymentBatchBody.class)
      },
      problems = ProblemCode.BATCH_REFUSED,
      refusal = BatchRefusal.class)
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> create(
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody NewPaymentBatch body,
      Caller caller,
      HttpServletRequest http) {
    boolean background = !body.atomic() && headers.respondAsync();
    body.check(background);
    UUID merchantId = caller.merchantId();
    KeyedRequest request = idempotency.request(merchantId, OPERATION, headers.requireKey(), body);
    Deadline deadline = deadline(background, deadlineMs);
    Deadline answer = Batches.ofAnswer(background, deadline);
    return idempotency.run(
        request,
        answer,
        headers.waitLimit(),
        Replayable.of(
            () -> {
              StoredBatch batch = batches.newBatch(merchantId, body, background, deadline);
              if (body.atomic()) {
                return atomic(request, batch, body, deadline, http);
              }
              batches.make(request, batch, body, deadline);
              HttpStatus status = background ? HttpStatus.ACCEPTED : HttpStatus.CREATED;
              return answers.show(status, merchantId, batch.id(), false);
            },
            holder -> replayOfCreation(holder, merchantId, answer, http)));
  }

  private ResponseEntity<Object> atomic(
      KeyedRequest request,
      StoredBatch batch,
      NewPaymentBatch body,
      Deadline deadline,
      HttpServletRequest http) {
    try {
      atomics.make(request, batch, body.payments(), deadline);
    } catch (AllOrNone.Refused refused) {
      return answers.refused(refused.items(), body.payments(), http);
    }
    return answers.show(HttpStatus.CREATED, batch.merchantId(), batch.id(), false);
  }

  private Optional<ResponseEntity<Object>> replayOfCreation(
      KeyRecord holder, UUID merchantId, Deadline deadline, HttpServletRequest http) {
    Optional<Problem> refused = holder.refused();
    if (refused.isEmpty()) {
      return replay(holder, HttpStatus.CREATED, merchantId, deadline);
    }
    UUID id = Objects.requireNonNull(holder.objectId());
    List<BatchItemBody> items =
        resources.findLate(merchantId, deadline, () -> store.firstItems(merchantId, id));
    return Optional.of(answers.refusedBefore(refused.get(), items, http));
  }

  /** Empty while the first request still waits for its run. */
  private Optional<ResponseEntity<Object>> replay(
      KeyRecord holder, HttpStatus waitedFor, UUID merchantId, Deadline deadline) {
    UUID id = Objects.requireNonNull(holder.objectId());
    StoredBatch batch =
        resources.findLate(merchantId, deadline, () -> store.require(merchantId, id));
    if (BatchKeys.inBackground(holder)) {
      return Optional.of(answers.show(HttpStatus.ACCEPTED, merchantId, id, true));
    }
    return BatchKeys.runs(holder, batch)
        ? Optional.empty()
        : Optional.of(answers.show(waitedFor, merchantId, id, true));
  }

  @PostMapping(PATH + "/{id}/resume")
  @Route(
      id = "resumePaymentBatch",
      summary = "Begins the items that were not started",
      description =
          "Under a new deadline; items that ended stay as they are. With `Prefer: respond-async` it"
              + " goes on in the background (202).",
      answers = {
        @Route.Answer(status = 200, body = PaymentBatchBody.class),
        @Route.Answer(status = 202, body = PaymentBatchBody.class)
      },
      problems = ProblemCode.INVALID_STATE)
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> resume(
      @PathVariable String id,
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody(required = false) @Nullable NewResumption body,
      Caller caller) {
    UUID merchantId = caller.merchantId();
    UUID batchId = TypeId.require("bat", id);
    boolean background = headers.respondAsync();
    Deadline deadline = deadline(background, deadlineMs);
    KeyedRequest request =
        idempotency.request(
            merchantId,
            "POST %s/%s/resume".formatted(PATH, TypeId.format("bat", batchId)),
            headers.requireKey(),
            Map.of());
    HttpStatus status = background ? HttpStatus.ACCEPTED : HttpStatus.OK;
    Deadline answer = Batches.ofAnswer(background, deadline);
    return idempotency.run(
        request,
        answer,
        headers.waitLimit(),
        Replayable.of(
            () -> {
              StoredBatch seen =
                  resources.find(merchantId, answer, () -> store.require(merchantId, batchId));
              batches.resume(request, seen, background, deadline);
              return answers.show(status, merchantId, batchId, false);
            },
            holder -> replayOfResume(holder, merchantId, answer)));
  }

  private Optional<ResponseEntity<Object>> replayOfResume(
      KeyRecord holder, UUID merchantId, Deadline deadline) {
    holder.throwRefusal();
    return replay(holder, HttpStatus.OK, merchantId, deadline);
  }

  private static Deadline deadline(boolean background, DeadlineHeader deadlineMs) {
    return (background ? BatchDeadlines.BACKGROUND : BatchDeadlines.WAITED_FOR).grant(deadlineMs);
  }
}
