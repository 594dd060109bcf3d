package io.quittance.payment.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.concurrency.FanOut.Result;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.payment.EventsCommitted;
import io.quittance.payment.batch.item.AllOrNone;
import io.quittance.payment.batch.item.BatchCommands;
import io.quittance.payment.batch.item.BatchItem;
import io.quittance.payment.batch.item.ItemPayments;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ScreenedItem;
import io.quittance.payment.batch.run.BatchDeadlines;
import io.quittance.payment.batch.run.RunningBatches;
import io.quittance.payment.batch.store.BatchPayments;
import io.quittance.payment.batch.store.BatchPayments.Asked;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.create.NewPayment;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Atomic batches: all items are screened in parallel; then one command pays all of them in one
 * commit, or none. Thread-safe.
 */
@Component
final class AtomicBatches {

  private static final Logger log = LoggerFactory.getLogger(AtomicBatches.class);

  private final FanOut fanOut;
  private final ItemPayments payments;
  private final BatchCommands commands;
  private final RunningBatches running;
  private final ApplicationEventPublisher events;
  private final ObjectMapper json;

  AtomicBatches(
      FanOut fanOut,
      ItemPayments payments,
      BatchCommands commands,
      RunningBatches running,
      ApplicationEventPublisher events,
      ObjectMapper json) {
    this.fanOut = fanOut;
    this.payments = payments;
    this.commands = commands;
    this.running = running;
    this.events = events;
    this.json = json;
  }

  /**
   * Pays all items.
   *
   * @throws AllOrNone.Refused no money moved, and the refusal is stored under the key
   * @throws KeyTakenException another request holds the key
   * @throws Problem nothing was started, unless its outcome is unknown
   */
  void make(KeyedRequest request, StoredBatch batch, BatchPayments asked, Deadline deadline) {
    Deadline limit = BatchDeadlines.ofItems(deadline);
    List<ScreenedItem> screened = screened(batch, asked, limit);
    List<String> references = asked.stream().map(Asked::reference).toList();
    var pay = new PayAll(request, batch, references, new AllOrNone(screened), deadline);
    try {
      var _ = commands.execute(batch.id(), new KeyedCommand<>(request, pay), limit).orThrow();
    } catch (AllOrNone.Refused refused) {
      remember(request, batch, references, refused, deadline);
      throw refused;
    }
    payments.record(screened);
    events.publishEvent(new EventsCommitted(batch.merchantId()));
  }

  private void remember(
      KeyedRequest request,
      StoredBatch batch,
      List<String> references,
      AllOrNone.Refused refused,
      Deadline deadline) {
    List<ItemResult> ends = refused.items();
    var command = new RefuseBatch(request, batch, references, ends, BatchResponses.why(ends));
    var _ = commands.execute(batch.id(), new KeyedCommand<>(request, command), deadline).orThrow();
  }

  private List<ScreenedItem> screened(StoredBatch batch, BatchPayments asked, Deadline limit) {
    List<Integer> positions = IntStream.range(0, asked.size()).boxed().toList();
    try {
      List<Result<ScreenedItem>> results =
          fanOut
              .<Integer, ScreenedItem>over(
                  "screenings",
                  positions,
                  running.parallelism(batch.merchantId()),
                  (i, deadline) -> payments.screen(item(batch, i, asked.get(i)), limit))
              .grace(payments.grace())
              .failFast()
              .run(limit);
      return all(batch, results);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.stopping();
    }
  }

  private BatchItem item(StoredBatch batch, int position, Asked asked)
      throws JsonProcessingException {
    return new BatchItem(
        batch.merchantId(),
        batch.id(),
        position,
        0,
        json.readValue(asked.body(), NewPayment.class));
  }

  /** All screenings, if none failed; otherwise throws the first failure. */
  private static List<ScreenedItem> all(StoredBatch batch, List<Result<ScreenedItem>> results) {
    var screened = new ArrayList<ScreenedItem>(results.size());
    Problem missing = null;
    for (Result<ScreenedItem> result : results) {
      switch (result) {
        case Result.Done<ScreenedItem>(ScreenedItem item) -> screened.add(item);
        case Result.Failed<ScreenedItem>(Problem problem) -> throw problem;
        case Result.Failed<ScreenedItem>(Throwable error) -> {
          log.error(
              "The screening of an item of batch {} failed unexpectedly", batch.text(), error);
          throw Problem.internal();
        }
        case Result.Cut<ScreenedItem> _, Result.NotBegun<ScreenedItem> _ ->
            missing =
                Problem.of(
                    ProblemCode.DEADLINE_EXCEEDED,
                    "The deadline passed before all items were screened; no money was moved.");
      }
    }
    if (missing != null) {
      throw missing;
    }
    return screened;
  }
}
