package io.quittance.payment.create;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.fraud.Verdict;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.ledger.Balances;
import io.quittance.money.Money;
import io.quittance.payment.PaymentDeadlines;
import io.quittance.payment.model.CaptureMethod;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentBody;
import io.quittance.payment.model.PaymentBody.FailureBody;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Simulates payments. Writes nothing, so it needs no key. */
@RestController
class SimulationController {

  /** The forecast as JSON. */
  record SimulationBody(
      PaymentStatus status,
      Verdict.@Nullable Decision decision,
      @Min(1) @Max(Money.MAX_AMOUNT) long amount,
      String currency,
      String payer,
      String payee,
      CaptureMethod captureMethod,
      long amountCapturable,
      long amountCaptured,
      @Nullable Verdict fraud,
      @Nullable FailureBody failure,
      Map<String, Balances> balancesAfter) {

    static SimulationBody from(Payment payment, Map<String, Balances> balancesAfter) {
      PaymentBody body = PaymentBody.from(payment);
      return new SimulationBody(
          body.status(),
          body.fraud() == null ? null : body.fraud().decision(),
          body.amount(),
          body.currency(),
          body.payer(),
          body.payee(),
          body.captureMethod(),
          body.amountCapturable(),
          body.amountCaptured(),
          body.fraud(),
          body.failure(),
          balancesAfter);
    }
  }

  private final Simulation simulation;
  private final PaymentDeadlines deadlines;
  private final ObjectMapper json;

  SimulationController(Simulation simulation, PaymentDeadlines deadlines, ObjectMapper json) {
    this.simulation = simulation;
    this.deadlines = deadlines;
    this.json = json;
  }

  @PostMapping("/v1/payments/simulate")
  @Route(
      id = "simulatePayment",
      summary = "Says what a payment would do",
      description = "Writes nothing.",
      refusals = ProblemCode.Refusals.PAYMENTS)
  @RequiresScope(Scope.PAYMENTS_READ)
  SimulationBody simulate(
      DeadlineHeader deadlineMs, @Valid @RequestBody NewPayment body, Caller caller)
      throws JsonProcessingException {
    var deadline = deadlines.grant(deadlineMs, caller);
    Simulation.Forecast forecast = forecast(body.order(unkeyed(caller), deadline, json));
    return switch (forecast.result()) {
      case BeginPayment.Result.PaymentStored(Payment payment) ->
          SimulationBody.from(payment, forecast.balances());
      case BeginPayment.Result.Refused refused -> throw refused.problem();
    };
  }

  private Simulation.Forecast forecast(PaymentOrder order) {
    try {
      return simulation.of(order);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.stopping();
    }
  }

  /** A request under a random key, which no other request can have. */
  private static KeyedRequest unkeyed(Caller caller) {
    return new KeyedRequest(caller.merchantId(), "simulate", TypeId.next().toString(), "");
  }
}
