package io.quittance.web.request;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.AnswerMark;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.PaymentBatchRoutes;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Counts each complete answer to a request that was granted a deadline, by whether it kept it, and
 * each that says that the outcome is not known. Every series begins with the start, so that {@code
 * rate()} sees the first one. Thread-safe.
 */
@Component
final class AnswerMeters implements SmartInitializingSingleton {

  /**
   * How long after its deadline an answer is still in time: the shortest deadline that a caller may
   * ask for. Less is within what a network and a scheduler add anyway.
   */
  static final Duration TOLERANCE = Duration.ofMillis(DeadlineHeader.MIN_MS);

  /** Of requests that were answered before it was known whose handler they have. */
  private static final String NO_OPERATION = "none";

  /** A route's counters, looked up once: they are incremented for each request. */
  private final class Operation {

    private final String id;
    private final Map<String, Counter> deadlines = new ConcurrentHashMap<>();

    Operation(String id) {
      this.id = id;
    }

    Counter deadlines(String result) {
      return deadlines.computeIfAbsent(
          result,
          _ ->
              Counter.builder("quittance.deadline.answers")
                  .description(
                      "Answers to requests that were granted a deadline, by whether they kept it")
                  .tag("operation", id)
                  .tag("result", result)
                  .register(registry));
    }

    /** Rare, so its counter is looked up each time. */
    Counter unknownOutcomes() {
      return Counter.builder("quittance.unknown.outcomes")
          .description("Answers that say that the outcome of their request is not known")
          .tag("operation", id)
          .register(registry);
    }
  }

  private final ObjectProvider<RequestMappingHandlerMapping> mappings;
  private final MeterRegistry registry;
  private final Operation none = new Operation(NO_OPERATION);

  /** By the method of the handler; filled at the start. */
  private final Map<Method, Operation> operations = new ConcurrentHashMap<>();

  AnswerMeters(ObjectProvider<RequestMappingHandlerMapping> mappings, MeterRegistry registry) {
    this.mappings = mappings;
    this.registry = registry;
  }

  @Override
  public void afterSingletonsInstantiated() {
    var _ = none.unknownOutcomes();
    mappings.stream()
        .flatMap(mapping -> mapping.getHandlerMethods().entrySet().stream())
        .forEach(entry -> register(entry.getKey(), entry.getValue()));
  }

  private void register(RequestMappingInfo mapping, HandlerMethod handler) {
    Route route = handler.getMethodAnnotation(Route.class);
    if (route == null) {
      return;
    }
    var operation = new Operation(route.id());
    operations.put(handler.getMethod(), operation);
    if (!mapping.getMethodsCondition().getMethods().contains(RequestMethod.GET)) {
      var _ = operation.unknownOutcomes();
    }
    for (String path : mapping.getPatternValues()) {
      if (hasDeadline(handler, route)) {
        var _ = operation.deadlines("missed");
        if (!PaymentBatchRoutes.include(path)) {
          var _ = operation.deadlines("kept");
        }
      }
    }
  }

  /** Whether it grants one: the caller's, or without the header the default. */
  private static boolean hasDeadline(HandlerMethod handler, Route route) {
    return Arrays.asList(route.problems()).contains(ProblemCode.DEADLINE_EXCEEDED)
        || Arrays.stream(handler.getMethodParameters())
            .anyMatch(
                parameter ->
                    parameter.getParameterType() == DeadlineHeader.class
                        || parameter.getParameterType() == IdempotencyHeaders.class);
  }

  /**
   * Counts an answer, at its end. A failure other than 504 counts against availability and not
   * here, however late it is: one fault is counted once.
   */
  void answered(HttpServletRequest request, HttpServletResponse response, RequestContext context) {
    Operation operation = operation(request);
    boolean repetition =
        response.containsHeader(IdempotencyHeaders.REPLAYED) || AnswerMark.repeatsRunning(request);
    if (repetition || AnswerMark.isLeftOut(request)) {
      return;
    }
    if (AnswerMark.isUnknown(request)) {
      operation.unknownOutcomes().increment();
    }
    Optional<Duration> granted = AnswerMark.grantedTo(request);
    int status = response.getStatus();
    if (status == HttpStatus.GATEWAY_TIMEOUT.value()) {
      // Also of batches and reports, whose deadlines are their own.
      operation.deadlines("missed").increment();
    } else if (granted.isPresent() && status < 500) {
      boolean missed = late(context, granted.get()) || AnswerMark.isUnknown(request);
      operation.deadlines(missed ? "missed" : "kept").increment();
    }
  }

  private static boolean late(RequestContext context, Duration granted) {
    return System.nanoTime() - context.arrivedNanos() > granted.plus(TOLERANCE).toNanos();
  }

  private Operation operation(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)
            instanceof HandlerMethod handler
        ? operations.getOrDefault(handler.getMethod(), none)
        : none;
  }
}
