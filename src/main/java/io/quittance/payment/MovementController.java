package io.quittance.payment;

import io.quittance.access.Caller;
import io.quittance.access.RequiresScope;
import io.quittance.access.Scope;
import io.quittance.web.Page;
import io.quittance.web.PageRequest;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A payment's captures and refunds, newest first. */
@RestController
class MovementController {

  private final PaymentQueries payments;
  private final MovementQueries movements;

  MovementController(PaymentQueries payments, MovementQueries movements) {
    this.payments = payments;
    this.movements = movements;
  }

  @GetMapping("/v1/payments/{id}/captures")
  @Route(
      id = "listCaptures",
      summary = "Lists a payment's captures",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.PAYMENTS_READ)
  Page<CaptureBody> captures(@PathVariable String id, HttpServletRequest http, Caller caller) {
    Payment payment = payments.require(caller.merchantId(), id);
    PageRequest page = PageRequest.of(http, "captures " + id);
    return Page.of(
        movements.capturesOf(caller.merchantId(), payment.terms().id(), page),
        page,
        captured -> captured.movement().id().toString(),
        captured -> CaptureBody.from(captured, payment.terms().money().currency()));
  }

  @GetMapping("/v1/payments/{id}/refunds")
  @Route(
      id = "listRefunds",
      summary = "Lists a payment's refunds",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.PAYMENTS_READ)
  Page<RefundBody> refunds(@PathVariable String id, HttpServletRequest http, Caller caller) {
    Payment payment = payments.require(caller.merchantId(), id);
    PageRequest page = PageRequest.of(http, "refunds " + id);
    return Page.of(
        movements.refundsOf(caller.merchantId(), payment.terms().id(), page),
        page,
        refunded -> refunded.movement().id().toString(),
        refunded -> RefundBody.from(refunded, payment.terms().money().currency()));
  }
}
