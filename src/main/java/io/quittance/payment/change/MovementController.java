package io.quittance.payment.change;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.model.CaptureBody;
import io.quittance.payment.model.MovementQueries;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.RefundBody;
import io.quittance.payment.model.Refunded;
import io.quittance.web.Problem;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Captures and refunds: of a payment, newest first, and each by its id. */
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
        CaptureBody::from);
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
    return page(movements.refundsOf(caller.merchantId(), payment.terms().id(), page), page);
  }

  @GetMapping("/v1/captures/{id}")
  @Route(id = "getCapture", summary = "Shows a capture")
  @RequiresScope(Scope.PAYMENTS_READ)
  CaptureBody capture(@PathVariable String id, Caller caller) {
    return movements
        .capture(caller.merchantId(), TypeId.require("cap", id))
        .map(CaptureBody::from)
        .orElseThrow(() -> Problem.notFound("capture"));
  }

  @GetMapping("/v1/refunds")
  @Route(
      id = "listAllRefunds",
      summary = "Lists the refunds of all payments",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.PAYMENTS_READ)
  Page<RefundBody> allRefunds(HttpServletRequest http, Caller caller) {
    PageRequest page = PageRequest.of(http, "refunds");
    return page(movements.refunds(caller.merchantId(), page), page);
  }

  private static Page<RefundBody> page(List<Refunded> refunds, PageRequest page) {
    return Page.of(
        refunds, page, refunded -> refunded.movement().id().toString(), RefundBody::from);
  }

  @GetMapping("/v1/refunds/{id}")
  @Route(id = "getRefund", summary = "Shows a refund")
  @RequiresScope(Scope.PAYMENTS_READ)
  RefundBody refund(@PathVariable String id, Caller caller) {
    return movements
        .refund(caller.merchantId(), TypeId.require("ref", id))
        .map(RefundBody::from)
        .orElseThrow(() -> Problem.notFound("refund"));
  }
}
