package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Metadata is up to 50 pairs of strings, keys of 1 to 40 characters, values of at most 500. */
abstract class MetadataContract extends Contract {

  @Test
  void comesBackAsItWasSent() {
    ObjectNode full = pairs(49).put("k".repeat(40), "v".repeat(500));

    Answer payment = merchant.pay(with(full, order(100, "alice", "shop"))).is(201);
    Answer transfer = merchant.transfer(with(full, move(1, "shop", "alice"))).send().is(201);
    merchant.put("/v1/accounts/full", with(full, object("currency", "EUR"))).is(201);

    assertThat(merchant.find(payment.id()).body().path("metadata")).isEqualTo(full);
    assertThat(merchant.get("/v1/transfers/" + transfer.id()).body().path("metadata"))
        .isEqualTo(full);
    assertThat(merchant.get("/v1/accounts/full").body().path("metadata")).isEqualTo(full);
    moved(99);
  }

  @Test
  void isRefusedBeyondTheLimits() {
    assertThat(beyondTheLimits()).allSatisfy((what, metadata) -> refused(metadata));
    merchant.get("/v1/accounts/new").isProblem(404, "not_found");
    nothingMoved();
  }

  private static Map<String, JsonNode> beyondTheLimits() {
    return Map.ofEntries(
        entry("51 pairs", pairs(51)),
        entry("a key of 41", object("k".repeat(41), "v")),
        entry("an empty key", object("", "v")),
        entry("a value of 501", object("k", "v".repeat(501))),
        entry("a zero character", object("k", "\0")),
        entry("a number", object("k", 1)),
        entry("a fraction", object("k", 1.5)),
        entry("a boolean", object("k", true)),
        entry("null", object("k", null)),
        entry("an object", object("k", object())),
        entry("an array", object("k", Json.array("v"))),
        entry("no object", Json.array("v")));
  }

  private void refused(JsonNode metadata) {
    Answer payment = merchant.pay(with(metadata, order(1, "alice", "shop")));
    Answer transfer = merchant.transfer(with(metadata, move(1, "alice", "shop"))).send();
    Answer account = merchant.put("/v1/accounts/new", with(metadata, object("currency", "EUR")));

    assertThat(Stream.of(payment, transfer, account))
        .allSatisfy(
            answer -> {
              answer.isProblem(400, "invalid_request");
              assertThat(answer.body().path("errors")).hasSize(1);
              assertThat(answer.text("/errors/0/param")).startsWith("metadata");
            });
  }

  private static ObjectNode pairs(int count) {
    ObjectNode pairs = object();
    for (int i = 0; i < count; i++) {
      pairs.put("key" + i, "value" + i);
    }
    return pairs;
  }

  private static ObjectNode with(JsonNode metadata, ObjectNode body) {
    body.set("metadata", metadata);
    return body;
  }
}
