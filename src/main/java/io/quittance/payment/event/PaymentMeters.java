package io.quittance.payment.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quittance.fraud.Verdict;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentResult;
import io.quittance.payment.model.PaymentStatus;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Metrics of payments. Tags have values of closed sets only: statuses, problem codes, sources of
 * verdicts, and the currencies of ISO 4217. Thread-safe.
 */
@Component
public final class PaymentMeters {

  private static final String NO_CODE = "none";
  private static final String OPEN = PaymentStatus.PROCESSING.text();

  /** Upper bounds of the histograms' buckets, in milliseconds. */
  private static final int[] BUCKETS_MS = {
    5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000
  };

  private record Labels(String status, String code, String currency) {}

  private final Map<Labels, Counter> payments = new ConcurrentHashMap<>();
  private final Map<String, Counter> refunds = new ConcurrentHashMap<>();
  private final Map<Verdict.Source, Counter> screenings = new EnumMap<>(Verdict.Source.class);
  private final Timer answers;
  private final Timer deadlineLeft;
  private final MeterRegistry registry;

  PaymentMeters(MeterRegistry registry) {
    this.registry = registry;
    this.answers =
        histogram(
            "quittance.payment.answer",
            "From the request's arrival to its answer, of payments that were carried out here");
    this.deadlineLeft =
        histogram(
            "quittance.payment.deadline.left",
            "What was left of the deadline at the answer; 0: it was over");
    for (Verdict.Source source : Verdict.Source.values()) {
      screenings.put(source, screeningCounter(source));
    }
  }

  private Timer histogram(String name, String description) {
    Duration[] buckets =
        Arrays.stream(BUCKETS_MS).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  /**
   * Counts what this replica has committed.
   *
   * @param verdicts the sources of the verdicts that concluded payments
   */
  void committed(
      List<PaymentTransition> changes,
      List<RefundChange> refundsMade,
      List<Verdict.Source> verdicts) {
    for (PaymentTransition change : changes) {
      if (change.moves() && !change.after().equals(OPEN)) {
        count(change.after(), change.code(), change.currency());
      }
    }
    for (RefundChange refund : refundsMade) {
      refunds.computeIfAbsent(refund.currency(), this::refundCounter).increment();
    }
    for (Verdict.Source source : verdicts) {
      Objects.requireNonNull(screenings.get(source)).increment();
    }
  }

  /** Records a response, and counts requests that made no payment. */
  public void answered(PaymentResult result, PaymentOrder order) {
    String currency = order.money().currency();
    switch (result) {
      case PaymentResult.Concluded _ -> {}
      case PaymentResult.Refused(var problem) -> count("refused", problem.code().code(), currency);
      case PaymentResult.NotBegun(var problem) ->
          count("not_begun", problem.code().code(), currency);
      case PaymentResult.Unknown _ -> count("unknown", null, currency);
    }
    answers.record(order.deadline().used());
    deadlineLeft.record(order.deadline().remaining());
  }

  private void count(String status, @Nullable String code, String currency) {
    var labels = new Labels(status, code == null ? NO_CODE : code, currency);
    payments.computeIfAbsent(labels, this::counter).increment();
  }

  private Counter counter(Labels labels) {
    return Counter.builder("quittance.payments")
        .description("Payments by the states that they came to, and requests that made none")
        .tag("outcome", labels.status())
        .tag("code", labels.code())
        .tag("currency", labels.currency())
        .register(registry);
  }

  private Counter refundCounter(String currency) {
    return Counter.builder("quittance.refunds")
        .description("Refunds made")
        .tag("currency", currency)
        .register(registry);
  }

  private Counter screeningCounter(Verdict.Source source) {
    return Counter.builder("quittance.payment.screenings")
        .description("Payments by whose verdict decided them")
        .tag("source", source.text())
        .register(registry);
  }
}
