package io.quittance.bench;

import java.time.OffsetDateTime;
import java.util.UUID;

/** The JSON texts that the service stores with a payment, of the same shape and size. */
final class Bodies {

  private Bodies() {}

  static String event(UUID id, int amount, String payer, String payee, OffsetDateTime now) {
    return "{\"id\":\"pay_"
        + id.toString().substring(0, 26)
        + "\",\"status\":\"succeeded\",\"amount\":"
        + amount
        + ",\"currency\":\"EUR\",\"payer\":\""
        + payer
        + "\",\"payee\":\""
        + payee
        + "\",\"capture_method\":\"automatic\",\"amount_capturable\":0,\"amount_captured\":"
        + amount
        + ",\"amount_refunded\":0,\"reference\":null,\"description\":null,\"metadata\":{},"
        + "\"fraud\":{\"decision\":\"approve\",\"score\":0,\"reasons\":[],\"source\":\"rules\"},"
        + "\"failure\":null,\"deadline\":{\"granted_ms\":2000,\"used_ms\":12},\"created_at\":\""
        + now
        + "\",\"authorized_at\":\""
        + now
        + "\",\"captured_at\":\""
        + now
        + "\",\"canceled_at\":null,\"expires_at\":null}";
  }

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
