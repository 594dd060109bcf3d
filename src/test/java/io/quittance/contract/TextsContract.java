package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts are UTF-8, their lengths are code points, and each limit can be reached. */
abstract class TextsContract extends Contract {

  /** One code point: two UTF-16 units, four bytes. */
  private static final String OX = "\ud842\udfb7";

  /** One code point: one UTF-16 unit, three bytes. */
  private static final String EURO = "\u20ac";

  private static final int LISTED_MAX = 10_000;

  private static ObjectNode with(ObjectNode body, String field, Object value) {
    return body.setAll(object(field, value));
  }

  @Test
  void countCodePointsInEveryField() {
    String payments = "/v1/payments";
    reaches("POST", payments, order(1, "alice", "shop"), "reference", 255);
    reaches("POST", payments, order(1, "alice", "shop"), "description", 1_000);
    reaches("POST", "/v1/transfers", move(1, "alice", "shop"), "reference", 255);
    reaches("PUT", "/v1/accounts/named", object("currency", "EUR"), "name", 200);
    reaches("POST", "/v1/api-keys", object("scopes", array("ledger:read")), "name", 200);
    String paid = merchant.pay(5, "alice", "shop").is(201).id();
    reaches("POST", payments + "/" + paid + "/refunds", object("amount", 1), "reason", 500);
    reaches(
        "POST",
        "/v1/webhook-endpoints",
        object("url", "https://shop.example/hooks", "events", array("*")),
        "description",
        500);
    Answer named = operator.post("/v1/merchants", object("name", OX.repeat(200))).is(201);
    assertThat(named.text("/name")).isEqualTo(OX.repeat(200));
    operator
        .post("/v1/merchants", object("name", OX.repeat(201)))
        .isProblem(400, "invalid_request");
  }

  private void reaches(String method, String path, ObjectNode body, String field, int limit) {
    merchant
        .call(method, path)
        .randomKey()
        .body(with(body, field, OX.repeat(limit + 1)))
        .send()
        .isProblem(400, "invalid_request");

    Answer answer =
        merchant
            .call(method, path)
            .randomKey()
            .body(with(body, field, OX.repeat(limit)))
            .send()
            .is(201);

    assertThat(answer.text("/" + field)).isEqualTo(OX.repeat(limit));
  }

  @Test
  void findAPaymentByTheLongestReference() {
    String reference = OX.repeat(255);
    String id = merchant.pay(with(order(1, "alice", "shop"), "reference", reference)).is(201).id();
    String query = "?reference=" + java.net.URLEncoder.encode(reference, UTF_8);

    assertThat(merchant.get("/v1/payments" + query).is(200).text("/data/0/id")).isEqualTo(id);
    merchant
        .get("/v1/payments" + query + java.net.URLEncoder.encode(OX, UTF_8))
        .isProblem(400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", EURO, OX})
  void takeTheLargestMetadataEverywhere(String character) {
    ObjectNode metadata = object();
    for (int i = 10; i < 60; i++) {
      metadata.put(i + character.repeat(38), character.repeat(500));
    }

    Answer payment =
        merchant.pay(
            with(order(1, "alice", "shop"), "metadata", metadata)
                .put("reference", character.repeat(255))
                .put("description", character.repeat(1_000)));
    Answer transfer =
        merchant.transfer(with(move(1, "alice", "shop"), "metadata", metadata)).send();
    Answer account =
        merchant.put(
            "/v1/accounts/" + "a".repeat(64),
            with(object("currency", "EUR"), "metadata", metadata));

    for (Answer answer : List.of(payment, transfer, account)) {
      assertThat(answer.is(201).body().path("metadata")).isEqualTo(metadata);
    }
    merchant
        .call("POST", "/v1/payments")
        .randomKey()
        .body(escaped(with(order(1, "alice", "shop"), "metadata", metadata)))
        .send()
        .is(201);
  }

  /** As Python and PHP write it. */
  private static String escaped(JsonNode json) {
    return json.toString()
        .chars()
        .mapToObj(c -> c < 128 ? "" + (char) c : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }

  @Test
  void takeTheLargestListOfPayers() {
    ArrayNode payers = array();
    for (int i = 0; i < LISTED_MAX; i++) {
      payers.add("%064d".formatted(i));
    }
    ObjectNode rule =
        object("id", "b", "kind", "list", "list", "block", "action", "decline", "payers", payers);

    Answer stored =
        merchant.put("/v1/fraud/rules", object("version", 0, "rules", array(rule))).is(200);

    assertThat(stored.at("/rules/0/payers")).hasSize(LISTED_MAX);
    assertThat(merchant.get("/v1/fraud/rules").is(200).at("/rules/0/payers")).isEqualTo(payers);
    rule.set("payees", array("shop"));
    merchant
        .put("/v1/fraud/rules", object("version", 1, "rules", array(rule)))
        .isProblem(400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c1\u00a1", // an overlong a
        "\u00e0\u0081\u00a1",
        "\u00f0\u0080\u0081\u00a1",
        "\u00ed\u00a0\u0080", // half a character
        "\u00f4\u0090\u0080\u0080", // past the last one
        "\u00ff",
        "\u00c3"
      })
  void areRefusedIfTheyAreNotUtf8(String bytes) {
    for (String field : List.of("description", "payer", "metadata")) {
      Object value = field.equals("metadata") ? object("k", "XX") : "XX";
      String body = with(order(1, "alice", "shop"), field, value).toString();

      merchant
          .call("POST", "/v1/payments")
          .randomKey()
          .bytes(body.replace("XX", bytes).getBytes(ISO_8859_1))
          .send()
          .isProblem(400, "malformed_json")
          .movedNothing();
    }
    var escapes = new StringBuilder();
    bytes.chars().forEach(c -> escapes.append("%%%02X".formatted(c)));
    merchant.get("/v1/payments?reference=" + escapes).isProblem(400, "invalid_request");
    nothingMoved();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "GZIP", "identity"})
  void areNotDecompressed(String coding) {
    merchant
        .payment(order(1, "alice", "shop"))
        .header("Content-Encoding", coding)
        .send()
        .isProblem(415, "unsupported_media_type")
        .movedNothing();
    merchant
        .call("PUT", "/v1/accounts/new")
        .header("Content-Encoding", coding)
        .body(object("currency", "EUR"))
        .send()
        .isProblem(415, "unsupported_media_type");
    merchant.get("/v1/accounts/new").isProblem(404, "not_found");
    nothingMoved();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.api+json",
        "application/problem+json",
        "application/yaml",
        "text/json"
      })
  void areReadAsPlainJsonOnly(String type) {
    merchant
        .payment(order(1, "alice", "shop"))
        .header("Content-Type", type)
        .send()
        .isProblem(415, "unsupported_media_type")
        .movedNothing();
    nothingMoved();
  }

  @Test
  void areWholeIfAPathHasASemicolon() {
    for (String path :
        List.of(
            "/v1/accounts/till-7;b",
            "/v1/accounts/till-7%3Bb",
            "/v1/accounts/till-7%3bb",
            "/v1/accounts;b/till-7",
            "/v1;b/accounts/till-7")) {
      merchant.put(path, object("currency", "EUR")).isProblem(404, "not_found");
    }
    for (String path : List.of("/v1/payments;a=1", "/v1/accounts/alice;", ";/v1/accounts")) {
      merchant.get(path.startsWith(";") ? "/" + path : path).isProblem(404, "not_found");
    }
    merchant.anonymous().get("/actuator/health;x").isProblem(404, "not_found");
    merchant.get("/v1/accounts/till-7").isProblem(404, "not_found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/payments?created_from=%s",
        "/v1/payments?created_to=%s",
        "/v1/accounts/alice/entries?from=%s",
        "/v1/accounts/alice/entries?to=%s",
        "/v1/accounts/alice/balance?at=%s",
        "/v1/ledger/export?format=hledger&from=%s",
        "/v1/ledger/verify?at=%s",
        "/v1/audit-log?from=%s",
        "/v1/audit-log?to=%s"
      })
  void holdTimesInOneFormEverywhere(String query) {
    for (String wrong :
        List.of(
            "",
            "2026-01-31",
            "2026-01-31T12:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31%2012:00:00Z",
            "2026-01-31T12:00:00,5Z",
            "2026-01-31T24:00:00Z",
            "2026-02-30T12:00:00Z",
            "%EF%BC%92026-01-31T12:00:00Z",
            "0000-12-31T23:59:59Z",
            "0001-01-01T00:00:00%2B01:00",
            "9999-12-31T23:59:59-01:00",
            "%2B10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "1769860800")) {
      merchant.get(query.formatted(wrong)).isProblem(400, "invalid_request");
    }
    for (String right :
        List.of(
            "0001-01-01T00:00:00Z",
            "2025-01-31T12:00:00.123456789Z",
            "2025-01-31t12:00:00z",
            "2025-01-31T12:00:00-05:30")) {
      merchant.get(query.formatted(right)).is(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%EF%BC%91", "%D9%A1", "+1", "%2B1", "-1", "1.0", "1e1", "0x1", "", "%201"})
  void holdNumbersInPlainDigits(String number) {
    merchant.get("/v1/accounts?limit=" + number).isProblem(400, "invalid_request");
    merchant.get("/v1/payments?amount_min=" + number).isProblem(400, "invalid_request");
    merchant.get("/v1/payments?amount_max=" + number).isProblem(400, "invalid_request");
  }
}
