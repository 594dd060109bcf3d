package io.quittance.payment.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.payment.batch.item.BatchCommands;
import io.quittance.payment.batch.run.BatchRunner;
import io.quittance.payment.batch.run.BeginBatch;
import io.quittance.payment.batch.run.RunningBatches;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.run.Takeover;
import io.quittance.payment.batch.store.BatchCounts;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.BatchStatus;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.NewPaymentBatch;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredBatch.Asked;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Makes independent batches, and resumes those that have ended. Thread-safe. */
@Component
final class Batches {

  /** How long after its deadline the key of a batch may still be claimed. */
  private static final Duration CLAIM_LIMIT = Duration.ofSeconds(2);

  private final BatchStore store;
  private final BatchLeases leases;
  private final BatchCommands commands;
  private final BatchRunner runner;
  private final RunningBatches running;
  private final Takeover takeover;
  private final ObjectMapper json;

  Batches(
      BatchStore store,
      BatchLeases leases,
      BatchCommands commands,
      BatchRunner runner,
      RunningBatches running,
      Takeover takeover,
      ObjectMapper json) {
    this.store = store;
    this.leases = leases;
    this.commands = commands;
    this.runner = runner;
    this.running = running;
    this.takeover = takeover;
    this.json = json;
  }

  /** A batch that is asked for, not stored yet. */
  StoredBatch asked(UUID merchantId, NewPaymentBatch body, boolean background, Deadline deadline) {
    Instant now = store.now();
    return new StoredBatch(
        merchantId,
        TypeId.next(),
        BatchStatus.PREPARING,
        new Asked(
            body.modeOrDefault(), body.onFailureOrDefault(), body.reference(), metadata(body)),
        new BatchCounts(body.payments().size(), 0, 0, 0, 0, 0, 0, 0, body.payments().size()),
        background,
        true,
        (int) deadline.granted().toMillis(),
        0,
        now.plus(deadline.remaining()),
        1,
        0,
        now,
        null);
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
   * @throws KeyTakenException another request came first under the key
   * @throws Problem nothing was begun, unless its outcome is unknown
   */
  void make(KeyedRequest request, StoredBatch batch, NewPaymentBatch body, Deadline deadline) {
    store.prepare(batch, body.payments());
    body.payments().forget();
    begin(request, batch, deadline);
  }

  private void begin(KeyedRequest request, StoredBatch batch, Deadline deadline) {
    Entry entry = running.enter(batch);
    try {
      claim(request, batch);
      StoredBatch shown = batch.with(BatchStatus.PROCESSING);
      if (batch.background()) {
        entry.close();
        takeover.handOver(shown);
      } else {
        runner.run(shown, entry, deadline);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      entry.close();
    }
  }

  private void claim(KeyedRequest request, StoredBatch batch) {
    BeginBatch.Result result;
    try {
      result =
          commands.execute("batch", new BeginBatch(request, batch), Deadline.after(CLAIM_LIMIT));
    } catch (Problem e) {
      if (!e.isUnknown()) {
        undo(batch);
      }
      throw e;
    }
    switch (result) {
      case BeginBatch.Result.Begun _ -> {}
      case BeginBatch.Result.KeyTaken(var holder) -> {
        undo(batch);
        throw new KeyTakenException(holder);
      }
      case BeginBatch.Result.Gone _ -> throw Problem.of(ProblemCode.DEADLINE_EXCEEDED);
    }
  }

  /** Nothing of it had begun: it was never shown, or it rests again. */
  private void undo(StoredBatch batch) {
    if (batch.run() == 1) {
      store.discard(batch.merchantId(), batch.id());
    } else {
      leases.giveUp(batch);
    }
  }

  /**
   * Begins what was not started, if anything is left.
   *
   * @throws Problem 409 while the batch is processing
   */
  void resume(KeyedRequest request, StoredBatch seen, boolean background, Deadline deadline) {
    if (seen.processing()) {
      throw stillProcessing();
    }
    if (seen.counts().notStarted() == 0) {
      claim(request, seen);
      return;
    }
    Optional<StoredBatch> awake = leases.wake(seen, background, deadline.granted());
    begin(request, awake.orElseThrow(Batches::stillProcessing), deadline);
  }

  private static Problem stillProcessing() {
    return Problem.of(
        ProblemCode.INVALID_STATE, "The batch is processing; it can be resumed when it has ended.");
  }
}
