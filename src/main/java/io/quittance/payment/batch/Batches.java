package io.quittance.payment.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.Command;
import io.quittance.payment.batch.item.BatchCommands;
import io.quittance.payment.batch.run.BatchRunner;
import io.quittance.payment.batch.run.BeginBatch;
import io.quittance.payment.batch.run.ResumeBatch;
import io.quittance.payment.batch.run.RunningBatches;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.run.Takeover;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.NewPaymentBatch;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredBatch.Asked;
import io.quittance.web.PaymentBatchRoutes;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Runs independent batches, and resumes those that have ended. Thread-safe. */
@Component
final class Batches {

  private static final Logger log = LoggerFactory.getLogger(Batches.class);

  private static final String NOT_STORED = notDone("stored", "the service is busy");

  private static final String NOT_RESUMED =
      notDone("resumed", "it is being changed, or the service is busy");

  private final BatchStore store;
  private final BatchCommands commands;
  private final BatchRunner runner;
  private final RunningBatches running;
  private final Takeover takeover;
  private final ObjectMapper json;

  Batches(
      BatchStore store,
      BatchCommands commands,
      BatchRunner runner,
      RunningBatches running,
      Takeover takeover,
      ObjectMapper json) {
    this.store = store;
    this.commands = commands;
    this.runner = runner;
    this.running = running;
    this.takeover = takeover;
    this.json = json;
  }

  private static String notDone(String done, String why) {
    return "The batch could not be %s within %d s: %s; nothing was started."
        .formatted(done, PaymentBatchRoutes.CLAIM_LIMIT.toSeconds(), why);
  }

  /**
   * Until when the request is answered, about. In the background only its key is claimed; and a
   * deadline that has passed is answered once it is known whether the key was used.
   */
  static Deadline ofAnswer(boolean background, Deadline deadline) {
    Deadline claim = claimLimit(deadline);
    return background ? claim.within(PaymentBatchRoutes.CLAIM_LIMIT) : claim;
  }

  /** A batch whose deadline has passed is made all the same, with nothing begun. */
  private static Deadline claimLimit(Deadline deadline) {
    Deadline late = Deadline.after(PaymentBatchRoutes.LATE_CLAIM_LIMIT);
    return deadline.remaining().compareTo(late.remaining()) < 0 ? late : deadline;
  }

  /** A new batch for a request; it is not stored yet. */
  StoredBatch newBatch(
      UUID merchantId, NewPaymentBatch body, boolean background, Deadline deadline) {
    return StoredBatch.preparing(
        merchantId,
        new Asked(
            body.modeOrDefault(), body.onFailureOrDefault(), body.reference(), metadata(body)),
        body.payments().size(),
        background,
        deadline,
        store.now(merchantId));
  }

  private String metadata(NewPaymentBatch body) {
    try {
      return body.metadata() == null ? "{}" : json.writeValueAsString(body.metadata());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON can be written", e);
    }
  }

  /**
   * Stores the batch under its key and carries it out: before this returns, or in the background.
   *
   * @throws KeyTakenException another request holds the key
   * @throws Problem nothing was started, unless its outcome is unknown: 503 when the batch could
   *     not be stored in time, 504 when the deadline has passed as well
   */
  void make(KeyedRequest request, StoredBatch batch, NewPaymentBatch body, Deadline deadline) {
    store.prepare(batch, body.payments());
    body.payments().forget();
    carryOut(published(request, batch, deadline), deadline);
  }

  private StoredBatch published(KeyedRequest request, StoredBatch batch, Deadline deadline) {
    var command = new KeyedCommand<>(request, new BeginBatch(request, batch));
    BeginBatch.Result result;
    try {
      result = execute(batch.id(), command, deadline, NOT_STORED).orThrow();
    } catch (KeyTakenException e) {
      discard(batch);
      throw e;
    } catch (Problem e) {
      if (!e.isUnknown()) {
        discard(batch);
      }
      throw e;
    }
    return switch (result) {
      case BeginBatch.Result.Begun(var shown) -> shown;
      case BeginBatch.Result.Gone _ -> throw Problem.of(ProblemCode.OVERLOADED, NOT_STORED);
    };
  }

  /** A batch that cannot be deleted now is deleted by a sweep. */
  private void discard(StoredBatch batch) {
    try {
      store.discard(batch.merchantId(), batch.id());
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "Batch {} was not begun and could not be deleted; a sweep deletes it: {}",
          batch.text(),
          e.toString());
    }
  }

  /**
   * Starts the items that were not started, if there are any.
   *
   * @throws KeyTakenException another request holds the key
   * @throws Problem 409 while the batch is processing, 503 while another transaction has locked it,
   *     504 once the deadline has passed
   */
  void resume(KeyedRequest request, StoredBatch seen, boolean background, Deadline deadline) {
    var command = new ResumeBatch(request, seen, background, deadline.granted());
    var keyed = new KeyedCommand<>(request, command);
    switch (execute(seen.id(), keyed, deadline, NOT_RESUMED).orThrow()) {
      case ResumeBatch.Result.Begun(var batch) -> carryOut(batch, deadline);
      case ResumeBatch.Result.NothingLeft _ -> {}
      case ResumeBatch.Result.Refused(var refusal) ->
          throw Problem.of(refusal.code(), refusal.detail());
    }
  }

  /**
   * Claims a key, at most until the limit or the caller's deadline, whichever is earlier; a little
   * longer if the deadline is near or has passed. If the limit passed first, the problem does not
   * say that the caller's deadline has passed.
   */
  private <R> R execute(UUID batchId, Command<R> command, Deadline deadline, String notDone) {
    // The deadline of a resumption starts at the commit, which may take until the limit.
    var run = Deadline.after(deadline.granted().plus(PaymentBatchRoutes.CLAIM_LIMIT));
    try {
      return commands.execute(
          batchId, command, claimLimit(deadline).within(PaymentBatchRoutes.CLAIM_LIMIT), run);
    } catch (Problem e) {
      if (e.code() == ProblemCode.DEADLINE_EXCEEDED && !e.isUnknown() && !deadline.expired()) {
        throw Problem.of(ProblemCode.OVERLOADED, notDone);
      }
      throw e;
    }
  }

  private void carryOut(StoredBatch batch, Deadline deadline) {
    if (batch.run().background()) {
      takeover.handOver(batch);
      return;
    }
    try (Entry entry = running.enter(batch)) {
      runner.run(batch, entry, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
