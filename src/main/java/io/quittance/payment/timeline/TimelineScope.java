package io.quittance.payment.timeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.quittance.concurrency.ScopeReport;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.dependency.Dependency;
import io.quittance.web.DependencyNames;
import io.quittance.web.ProblemCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One scope of a payment in its timeline. Times are in milliseconds. */
public record TimelineScope(
    String name,
    Instant openedAt,
    long deadlineMs,
    Result result,
    List<TimelineSubtask> subtasks,
    int forked,
    int joined,
    int survivors) {

  /**
   * One subtask, with the state of its breaker at the call.
   *
   * @param code why it declined, if that is its result
   */
  record TimelineSubtask(
      String name,
      double startMs,
      double endMs,
      Result result,
      @Nullable String breaker,
      long budgetMs,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ProblemCode code) {

    private TimelineSubtask declined(ProblemCode why) {
      return new TimelineSubtask(name, startMs, endMs, Result.DECLINED, breaker, budgetMs, why);
    }
  }

  /** How it ended, from best to worst. */
  enum Result {
    OK,
    CANCELED,
    DECLINED,
    FAILED,
    TIMED_OUT,
    SHORT_CIRCUITED;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Earlier versions wrote {@code cancelled}. */
    @JsonCreator
    static Result from(String text) {
      return text.equals("cancelled") ? CANCELED : valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  public static TimelineScope of(ScopeReport report, Dependencies dependencies) {
    List<TimelineSubtask> subtasks =
        report.entries().stream().map(entry -> subtask(entry, dependencies)).toList();
    return new TimelineScope(
        report.name(),
        report.openedAt().truncatedTo(ChronoUnit.MICROS),
        report.granted_ms(),
        worst(subtasks),
        subtasks,
        report.forked(),
        report.joined(),
        report.survivors());
  }

  /** The scope with the exact instant from the database; the JSON is rounded to milliseconds. */
  TimelineScope openedAt(Instant exact) {
    return new TimelineScope(name, exact, deadlineMs, result, subtasks, forked, joined, survivors);
  }

  /** The scope, with this subtask as the one that declined. */
  public TimelineScope declinedBy(String subtask, ProblemCode code) {
    List<TimelineSubtask> marked =
        subtasks.stream()
            .map(
                one ->
                    one.name().equals(subtask) && one.result() == Result.OK
                        ? one.declined(code)
                        : one)
            .toList();
    return new TimelineScope(
        name, openedAt, deadlineMs, worst(marked), marked, forked, joined, survivors);
  }

  private static TimelineSubtask subtask(ScopeReport.Entry entry, Dependencies dependencies) {
    String breaker = entry.notes().get(Dependency.BREAKER_NOTE);
    return new TimelineSubtask(
        entry.name(),
        entry.start_ms(),
        entry.end_ms(),
        result(entry),
        breaker == null ? dependencies.breakerOf(entry.name()) : breaker,
        entry.budget_ms(),
        null);
  }

  private static Result result(ScopeReport.Entry entry) {
    if (entry.error() instanceof CallNotPermittedException) {
      return Result.SHORT_CIRCUITED;
    }
    return switch (entry.state()) {
      case OK -> Result.OK;
      case FAILED -> Result.FAILED;
      case TIMED_OUT -> Result.TIMED_OUT;
      case CANCELED, RUNNING -> Result.CANCELED;
    };
  }

  /** The worst result of the subtasks that decide the payment; "notification" decides nothing. */
  private static Result worst(List<TimelineSubtask> subtasks) {
    return subtasks.stream()
        .filter(subtask -> !subtask.name().equals(DependencyNames.NOTIFICATION))
        .map(TimelineSubtask::result)
        .filter(result -> result != Result.CANCELED)
        .max(Enum::compareTo)
        .orElse(Result.OK);
  }
}
