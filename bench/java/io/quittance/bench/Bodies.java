package io.quittance.bench;

import java.time.OffsetDateTime;
import java.util.UUID;

/** The JSON texts that the service stores with a payment, of the same shape and size. */
final class Bodies {

  private static final String FRAUD = "[\"fraud\",0.1,0.2,\"ok\",\"closed\",1999,null]";
  private static final String LEDGER = "[\"ledger\",0.1,12.3,\"ok\",\"closed\",1999,null]";
  private static final String NOTIFICATION =
      "[\"notification\",12.3,12.4,\"ok\",\"closed\",100,null]";

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
  static String timeline(String operation) {
    return "[\"%s\",1999,\"ok\",[%s,%s],2,2,0]".formatted(operation, LEDGER, NOTIFICATION);
  }

  /** Of a scope that makes a payment. */
  static String timeline() {
    return "[\"payment\",1999,\"ok\",[%s,%s,%s],3,3,0]".formatted(FRAUD, LEDGER, NOTIFICATION);
  }
}
