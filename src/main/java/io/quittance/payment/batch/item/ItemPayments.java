package io.quittance.payment.batch.item;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.create.BeginPayment;
import io.quittance.payment.create.PaymentProcessor;
import io.quittance.payment.create.Screener;
import io.quittance.payment.create.ScreeningSlot;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentResult;
import io.quittance.payment.timeline.TimelineScope;
import io.quittance.payment.timeline.Timelines;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Carries out the items of batches like any other payment, with the same screening, journal and
 * breakers. Runs no JDBC on the calling thread, which may be a subtask's. Thread-safe.
 */
@Component
public final class ItemPayments {

  private static final Logger log = LoggerFactory.getLogger(ItemPayments.class);

  private final PaymentProcessor processor;
  private final Screener screener;
  private final DeadlineScopes scopes;
  private final Dependencies dependencies;
  private final Timelines timelines;
  private final Counter unknown;
  private final PaymentProperties properties;
  private final Duration itemLimit;
  private final ObjectMapper json;

  ItemPayments(
      PaymentProcessor processor,
      Screener screener,
      DeadlineScopes scopes,
      Dependencies dependencies,
      Timelines timelines,
      MeterRegistry registry,
      PaymentProperties properties,
      DeadlineProperties deadlines,
      ObjectMapper json) {
    this.processor = processor;
    this.screener = screener;
    this.scopes = scopes;
    this.dependencies = dependencies;
    this.timelines = timelines;
    this.unknown =
        Counter.builder("quittance.unknown.outcomes")
            .description("Answers that say that the outcome of their request is not known")
            .tag("operation", "batchItem")
            .register(registry);
    this.properties = properties;
    this.itemLimit = Duration.ofMillis(deadlines.defaultMs());
    this.json = json;
  }

  /** How long after its deadline an item may still wait for its commit. */
  public Duration grace() {
    return properties.answerGrace();
  }

  /**
   * Makes the payment within the time that is left, but no longer than the default deadline. An
   * item that was started before is not started again: it is {@code processing} if it made a
   * payment.
   */
  public ItemResult pay(BatchItem item, Deadline deadline) {
    PaymentOrder order = order(item, Deadline.after(deadline.remaining()).within(itemLimit));
    try {
      return switch (processor.process(order).result()) {
        case PaymentResult.Concluded(Payment payment) -> ItemResult.of(payment);
        case PaymentResult.Refused(Problem problem) -> ItemResult.refused(problem);
        case PaymentResult.NotBegun(Problem problem) -> notBegun(problem);
        case PaymentResult.Unknown _ -> {
          unknown.increment();
          yield ItemResult.unknown(order.id());
        }
      };
    } catch (KeyTakenException taken) {
      return begunBefore(taken.record());
    }
  }

  /** One that had no time is not refused: it can be begun later. */
  private static ItemResult notBegun(Problem problem) {
    return problem.code() == ProblemCode.DEADLINE_EXCEEDED
        ? ItemResult.NOT_STARTED
        : ItemResult.refused(problem);
  }

  private static ItemResult begunBefore(KeyRecord record) {
    UUID id = record.objectId();
    return record
        .refused()
        .map(problem -> problem.payment(id))
        .map(ItemResult::refused)
        .orElseGet(() -> ItemResult.underWay(id));
  }

  /**
   * Screens an item of an atomic batch, whose payment is made later.
   *
   * @throws Problem 503 or 504 when screening does not answer and no fallback applies, when the
   *     merchant's rules cannot be read, or when too many look-ups of rules are waiting
   */
  public ScreenedItem screen(BatchItem item, Deadline deadline) throws InterruptedException {
    PaymentOrder order = order(item, deadline);
    var screening = new ScreeningSlot();
    try (DeadlineScope scope = scopes.open("screening", deadline)) {
      var _ = screener.fork(scope, order, screening);
      scope.join();
      return new ScreenedItem(
          order,
          BeginPayment.underAnothersKey(order, screening, properties.resolveGrace()),
          TimelineScope.of(scope.report(), dependencies));
    } catch (ScopeFailedException e) {
      throw Screener.failure(e).problem();
    } catch (DeadlineExceededException e) {
      throw Failure.deadlineExceeded().problem();
    } catch (RejectedExecutionException e) {
      throw Problem.overloaded();
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "The fraud rules of {} cannot be read, so an item of batch {} is refused: {}",
          TypeId.format("mch", item.merchantId()),
          TypeId.format("bat", item.batchId()),
          e.toString());
      throw Failure.unavailable(DependencyNames.LEDGER).problem();
    }
  }

  /** Records the timelines of the screenings, now that the payments exist. */
  public void record(Iterable<ScreenedItem> items) {
    for (ScreenedItem item : items) {
      timelines.record(item.order().merchantId(), item.order().id(), item.timeline());
    }
  }

  private PaymentOrder order(BatchItem item, Deadline deadline) {
    try {
      return item.body().order(item.key(), item.batchId(), deadline, json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON can be written", e);
    }
  }
}
