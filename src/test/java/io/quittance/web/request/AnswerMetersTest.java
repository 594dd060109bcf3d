package io.quittance.web.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.web.AnswerMark;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import io.quittance.web.Route;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Which answers kept their deadlines, and which missed them. */
class AnswerMetersTest {

  private static final Duration GRANTED = Duration.ofSeconds(10);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MockHttpServletRequest request = new MockHttpServletRequest();
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private AnswerMeters meters;

  @RestController
  static final class Routes {

    @PostMapping("/v1/payments")
    @Route(id = "createPayment", summary = "")
    void pay(DeadlineHeader deadline) {}

    @PostMapping("/v1/transfers")
    @Route(id = "createTransfer", summary = "")
    void transfer(IdempotencyHeaders headers) {}

    @PostMapping("/v1/payment-batches")
    @Route(id = "createPaymentBatch", summary = "")
    void payMany(DeadlineHeader deadline) {}

    @GetMapping("/v1/payments")
    @Route(id = "listPayments", summary = "")
    void list() {}
  }

  @BeforeEach
  void beginARequest() throws NoSuchMethodException {
    var context = new StaticApplicationContext();
    context.registerSingleton("routes", Routes.class);
    var mapping = new RequestMappingHandlerMapping();
    mapping.setApplicationContext(context);
    mapping.afterPropertiesSet();
    var beans = new StaticListableBeanFactory();
    beans.addBean("mapping", mapping);
    meters = new AnswerMeters(beans.getBeanProvider(RequestMappingHandlerMapping.class), registry);
    meters.afterSingletonsInstantiated();
    request.setAttribute(
        HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE,
        new HandlerMethod(
            new Routes(), Routes.class.getDeclaredMethod("pay", DeadlineHeader.class)));
    RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
  }

  @AfterEach
  void endIt() {
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void allSeriesBeginWithTheStart() {
    assertThat(registry.find("quittance.unknown.outcomes").counters())
        .extracting(counter -> counter.getId().getTag("operation"))
        .containsExactlyInAnyOrder("none", "createPayment", "createTransfer", "createPaymentBatch");
    assertThat(registry.find("quittance.deadline.answers").counters())
        .extracting(
            counter -> counter.getId().getTag("operation") + " " + counter.getId().getTag("result"))
        .containsExactlyInAnyOrder(
            "createPayment kept",
            "createPayment missed",
            "createPaymentBatch missed",
            "createTransfer kept",
            "createTransfer missed");
  }

  @ParameterizedTest
  @CsvSource({
    "201, 0, 1, 0",
    "201, 9900, 1, 0",
    "201, 10200, 0, 1",
    "402, 0, 1, 0",
    "422, 10200, 0, 1",
    "504, 0, 0, 1",
    "500, 0, 0, 0",
    "503, 0, 0, 0",
    "503, 10200, 0, 0"
  })
  void anAnswerIsCountedByItsTimeAndStatus(int status, int usedMs, int kept, int missed) {
    AnswerMark.granted(GRANTED);
    response.setStatus(status);

    answered(Duration.ofMillis(usedMs));

    counted(kept, missed);
  }

  @Test
  void anAnswerThatCannotSayTheOutcomeMissesIt() {
    AnswerMark.granted(GRANTED);
    AnswerMark.unknown();
    response.setStatus(202);

    answered(Duration.ZERO);

    counted(0, 1);
    assertThat(unknown("createPayment")).isEqualTo(1);
  }

  /** It counts against availability, whether or not it was granted a deadline. */
  @Test
  void aFailureThatCannotSayTheOutcomeMissesNone() {
    problem(Problem.of(ProblemCode.INTERNAL_ERROR).unknownUntil(Instant.MAX));

    answered(Duration.ZERO);

    counted(0, 0);
    assertThat(unknown("createPayment")).isEqualTo(1);
  }

  @Test
  void anUnknownOutcomeIsCountedBeforeItsOperationIsKnown() {
    request.removeAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
    problem(Problem.databaseUnavailable().unknownUntil(Instant.MAX));

    answered(Duration.ZERO);

    assertThat(unknown("none")).isEqualTo(1);
  }

  /** As of a batch or a report, which grants none that is counted here. */
  @Test
  void aDeadlineThatPassedIsMissedWithoutAGrant() {
    response.setStatus(504);
    answered(Duration.ZERO);
    counted(0, 1);

    response.setStatus(201);
    answered(Duration.ofMillis(10_200));
    counted(0, 1);
  }

  @Test
  void requestsOfTheServiceItselfAreNotCounted() {
    AnswerMark.granted(GRANTED);
    AnswerMark.leaveOut(request);
    response.setStatus(504);

    answered(Duration.ofMillis(10_200));

    counted(0, 0);
  }

  @Test
  void repetitionsAreNotCounted() {
    AnswerMark.granted(GRANTED);
    response.setStatus(504);
    response.setHeader(IdempotencyHeaders.REPLAYED, "true");

    answered(Duration.ofMillis(10_200));

    counted(0, 0);
  }

  @Test
  void repetitionsOfARequestThatStillRunsAreNotCounted() {
    AnswerMark.granted(GRANTED);
    problem(Problem.of(ProblemCode.IDEMPOTENCY_IN_PROGRESS).unknownUntil(Instant.MAX));

    answered(Duration.ofMillis(10_200));

    counted(0, 0);
    assertThat(unknown("createPayment")).isZero();
  }

  @Test
  void requestsThatWereRefusedBeforeTheirDeadlineWasGrantedAreNotCounted() {
    problem(Problem.of(ProblemCode.INVALID_REQUEST));

    answered(Duration.ofMillis(10_200));

    counted(0, 0);
  }

  private void problem(Problem problem) {
    response.setStatus(problem.code().status());
    AnswerMark.problem(problem, request);
  }

  private void answered(Duration used) {
    meters.answered(request, response, new RequestContext("r", System.nanoTime() - used.toNanos()));
  }

  private void counted(int kept, int missed) {
    assertThat(count("kept")).isEqualTo(kept);
    assertThat(count("missed")).isEqualTo(missed);
  }

  private double unknown(String operation) {
    return registry.get("quittance.unknown.outcomes").tag("operation", operation).counter().count();
  }

  private double count(String result) {
    return registry
        .get("quittance.deadline.answers")
        .tags("operation", "createPayment", "result", result)
        .counter()
        .count();
  }
}
