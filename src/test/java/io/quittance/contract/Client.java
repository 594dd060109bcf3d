package io.quittance.contract;

import static io.quittance.contract.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;

/** Somebody with an API key (or, where it is empty, without one), and the requests of its trade. */
record Client(URI service, String secret) {

  Call call(String method, String path) {
    var call = new Call(method, service.resolve(path));
    return secret.isEmpty() ? call : call.header("Authorization", "Bearer " + secret);
  }

  Client with(String otherSecret) {
    return new Client(service, otherSecret);
  }

  Client anonymous() {
    return with("");
  }

  /** The merchant's id, as its audit log has it. */
  String merchantId() {
    return get("/v1/audit-log?action=merchant.created").is(200).text("/data/0/object_id");
  }

  Answer patch(String path, JsonNode body) {
    return call("PATCH", path).body(body).send();
  }

  Answer get(String path) {
    return call("GET", path).send();
  }

  Answer put(String path, JsonNode body) {
    return call("PUT", path).body(body).send();
  }

  Answer post(String path, JsonNode body) {
    return call("POST", path).body(body).send();
  }

  Answer delete(String path) {
    return call("DELETE", path).send();
  }

  /** A payment under a new idempotency key, to be sent. */
  Call payment(JsonNode body) {
    return call("POST", "/v1/payments").randomKey().body(body);
  }

  Answer pay(JsonNode body) {
    return payment(body).send();
  }

  Answer pay(long amount, String payer, String payee) {
    return pay(order(amount, payer, payee));
  }

  /** The body of a payment in EUR. */
  static ObjectNode order(long amount, String payer, String payee) {
    return object("amount", amount, "currency", "EUR", "payer", payer, "payee", payee);
  }

  /** A transfer under a new idempotency key, to be sent. */
  Call transfer(JsonNode body) {
    return call("POST", "/v1/transfers").randomKey().body(body);
  }

  /** The body of a transfer in EUR. */
  static ObjectNode move(long amount, String from, String to) {
    return object("from", from, "to", to, "amount", amount, "currency", "EUR");
  }

  /** Opens a standard account in EUR. */
  Answer open(String account) {
    return put("/v1/accounts/" + account, object("currency", "EUR")).is(201);
  }

  /** Opens a standard account in EUR with funds from {@code world}. */
  void open(String account, long funds) {
    open(account);
    transfer(move(funds, "world", account)).send().is(201);
  }

  long balance(String account, String which) {
    return get("/v1/accounts/" + account).is(200).number("/balances/" + which);
  }

  Answer find(String paymentId) {
    return get("/v1/payments/" + paymentId).is(200);
  }

  /** Replaces the fraud rules, whatever their version. */
  Answer rules(JsonNode rules, JsonNode... more) {
    ObjectNode set = object("version", version(), "rules", rules);
    for (JsonNode fields : more) {
      set.setAll((ObjectNode) fields);
    }
    return put("/v1/fraud/rules", set).is(200);
  }

  /** Says what to do when screening cannot answer. */
  void fallback(Object fallback) {
    rules(Json.array(), object("fallback", fallback));
  }

  long version() {
    return get("/v1/fraud/rules").is(200).number("/version");
  }

  /** An authorized payment's id. */
  String authorize(long amount, String payer, String payee) {
    return pay(order(amount, payer, payee).put("capture_method", "manual")).is(201).id();
  }

  /** An operation on a payment under a new idempotency key, to be sent. */
  Call operation(String paymentId, String operation, Object... body) {
    return call("POST", "/v1/payments/" + paymentId + "/" + operation)
        .randomKey()
        .body(object(body));
  }

  Answer capture(String paymentId, Object... body) {
    return operation(paymentId, "captures", body).send();
  }

  Answer cancel(String paymentId) {
    return operation(paymentId, "cancel").send();
  }

  Answer refund(String paymentId, Object... body) {
    return operation(paymentId, "refunds", body).send();
  }

  Answer review(String paymentId, String decision) {
    return post("/v1/payments/" + paymentId + "/review", object("decision", decision));
  }

  /** The events of a payment, oldest first. */
  java.util.List<JsonNode> events(String paymentId) {
    var events = new java.util.ArrayList<JsonNode>();
    for (JsonNode event : get("/v1/events?limit=100").is(200).body().path("data")) {
      if (event.at("/data/id").asText().equals(paymentId)) {
        events.addFirst(event);
      }
    }
    return events;
  }

  void fault(String dependency, Object... fault) {
    assertOk(anonymous().put("/sandbox/faults/" + dependency, object(fault)));
  }

  void noFaults() {
    assertOk(anonymous().delete("/sandbox/faults"));
  }

  private static void assertOk(Answer answer) {
    if (answer.status() / 100 != 2) {
      throw new AssertionError(answer);
    }
  }
}
