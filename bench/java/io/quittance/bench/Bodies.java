package io.quittance.bench;

import java.time.OffsetDateTime;
import java.util.UUID;

/** The JSON texts that the service stores with a payment, of the same shape and size. */
final class Bodies {

  private Bodies() {}

  /** A payment as its events tell of it. */
  record PaymentState(
      UUID id,
      String status,
      int amount,
      int captured,
      String method,
      String payer,
      String payee,
      OffsetDateTime createdAt) {}

  static String paymentId(UUID id) {
    return typeId("pay", id);
  }

  private static String typeId(String prefix, UUID id) {
    return prefix + "_" + id.toString().substring(0, 26);
  }

  static String event(UUID id, int amount, String payer, String payee, OffsetDateTime now) {
    return event(
        new PaymentState(id, "succeeded", amount, amount, "automatic", payer, payee, now), now);
  }

  static String event(PaymentState payment, OffsetDateTime now) {
    boolean captured = payment.captured() > 0;
    boolean manual = payment.method().equals("manual");
    int capturable =
        payment.status().equals("authorized") ? payment.amount() - payment.captured() : 0;
    return "{\"id\":\""
        + paymentId(payment.id())
        + "\",\"status\":\""
        + payment.status()
        + "\",\"amount\":"
        + payment.amount()
        + ",\"currency\":\"EUR\",\"payer\":\""
        + payment.payer()
        + "\",\"payee\":\""
        + payment.payee()
        + "\",\"capture_method\":\""
        + payment.method()
        + "\",\"amount_capturable\":"
        + capturable
        + ",\"amount_captured\":"
        + payment.captured()
        + ",\"amount_refunded\":0,\"reference\":null,\"description\":null,\"metadata\":{},"
        + "\"fraud\":{\"decision\":\"approve\",\"score\":0,\"reasons\":[],\"source\":\"rules\"},"
        + "\"failure\":null,\"deadline\":{\"granted_ms\":2000,\"used_ms\":12},\"created_at\":\""
        + payment.createdAt()
        + "\",\"authorized_at\":\""
        + payment.createdAt()
        + "\",\"captured_at\":"
        + (captured ? "\"" + now + "\"" : "null")
        + ",\"canceled_at\":null,\"expires_at\":"
        + (manual ? "\"" + payment.createdAt().plusDays(7) + "\"" : "null")
        + "}";
  }

  static String refundEvent(UUID id, UUID payment, UUID transfer, int amount, OffsetDateTime now) {
    return "{\"id\":\""
        + typeId("ref", id)
        + "\",\"payment_id\":\""
        + paymentId(payment)
        + "\",\"transfer_id\":\""
        + typeId("trf", transfer)
        + "\",\"status\":\"succeeded\",\"amount\":"
        + amount
        + ",\"currency\":\"EUR\",\"reason\":null,"
        + "\"deadline\":{\"granted_ms\":2000,\"used_ms\":0},\"created_at\":\""
        + now
        + "\"}";
  }

  /** Of a scope that captures or refunds. */
  static String timeline(String operation, OffsetDateTime now) {
    return "{\"name\":\""
        + operation
        + "\",\"opened_at\":\""
        + now
        + "\",\"deadline_ms\":1999,\"result\":\"ok\",\"subtasks\":["
        + "{\"name\":\"ledger\",\"start_ms\":0.1,\"end_ms\":12.3,\"result\":\"ok\","
        + "\"breaker\":\"closed\",\"budget_ms\":1999},"
        + "{\"name\":\"notification\",\"start_ms\":12.3,\"end_ms\":12.4,\"result\":\"ok\","
        + "\"breaker\":\"closed\",\"budget_ms\":100}],"
        + "\"forked\":2,\"joined\":2,\"survivors\":0}";
  }

  /** Of a scope that makes a payment. */
  static String timeline(OffsetDateTime now) {
    return "{\"name\":\"payment\",\"opened_at\":\""
        + now
        + "\",\"deadline_ms\":1999,\"result\":\"ok\",\"subtasks\":["
        + "{\"name\":\"fraud\",\"start_ms\":0.1,\"end_ms\":0.2,\"result\":\"ok\","
        + "\"breaker\":\"closed\",\"budget_ms\":1999},"
        + "{\"name\":\"ledger\",\"start_ms\":0.1,\"end_ms\":12.3,\"result\":\"ok\","
        + "\"breaker\":\"closed\",\"budget_ms\":1999},"
        + "{\"name\":\"notification\",\"start_ms\":12.3,\"end_ms\":12.4,\"result\":\"ok\","
        + "\"breaker\":\"closed\",\"budget_ms\":100}],"
        + "\"forked\":3,\"joined\":3,\"survivors\":0}";
  }
}
