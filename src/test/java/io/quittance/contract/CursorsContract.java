package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors lead through a list without a gap, and through no other list. */
abstract class CursorsContract extends Contract {

  private static final List<String> LISTS =
      List.of("/v1/accounts", "/v1/events", "/v1/api-keys", "/v1/accounts/shop/entries");

  @BeforeEach
  void fillTheLists() {
    for (int i = 1; i <= 3; i++) {
      merchant.pay(i, "alice", "shop").is(201);
    }
    limitedTo(merchant, "ledger:read");
    limitedTo(merchant, "ledger:read");
  }

  @Test
  void leadThroughEveryListOnce() {
    for (String list : LISTS) {
      JsonNode whole = merchant.get(list + "?limit=100").is(200).body().path("data");
      List<JsonNode> walked = new ArrayList<>();
      JsonNode page = merchant.get(list + "?limit=1").is(200).body();
      page.path("data").forEach(walked::add);
      while (page.path("has_more").asBoolean()) {
        String next = "?limit=1&cursor=" + page.path("next_cursor").asText();
        page = merchant.get(list + next).is(200).body();
        page.path("data").forEach(walked::add);
      }

      assertThat(walked).as(list).hasSize(3).containsExactlyElementsOf(whole);
      assertThat(page.path("next_cursor").isNull()).isTrue();
    }
  }

  @Test
  void areRefusedByEveryOtherList() {
    for (String list : LISTS) {
      String cursor = merchant.get(list + "?limit=1").is(200).text("/next_cursor");
      for (String other : LISTS) {
        Answer answer = merchant.get(other + "?cursor=" + cursor);
        if (other.equals(list)) {
          answer.is(200);
        } else {
          answer.isProblem(400, "invalid_cursor");
        }
      }
    }
  }

  @Test
  void areRefusedWithOtherFiltersThanTheirOwn() {
    String cursor = merchant.get("/v1/accounts/shop/entries?limit=1").text("/next_cursor");

    merchant.get("/v1/accounts/alice/entries?cursor=" + cursor).isProblem(400, "invalid_cursor");
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        argumentSet("empty", ""),
        argumentSet("no base64", "!!"),
        argumentSet("too long", "A".repeat(2_001)),
        argumentSet("no position", encoded("%s")),
        argumentSet("an empty position", encoded("%s\n")),
        argumentSet("two positions", encoded("%s\n1\n1")),
        argumentSet("a position of no kind", encoded("%s\nrubbish")),
        argumentSet("a fraction", encoded("%s\n1.5")),
        argumentSet("a huge number", encoded("%s\n99999999999999999999")),
        argumentSet("a time that no calendar has", encoded("%s\n2026-02-30T00:00:00Z a")),
        argumentSet("a time past all", encoded("%s\n+999999999-12-31T00:00:00Z a")),
        argumentSet("a time before all", encoded("%s\n-999999999-01-01T00:00:00Z a")),
        argumentSet("a zero character", encoded("%s\n2026-01-01T00:00:00Z \0")),
        argumentSet("not UTF-8", Base64.getUrlEncoder().encodeToString(new byte[] {-1, -2})));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void areRefusedWhenMalformed(String form) {
    for (String list : LISTS) {
      String name = list.endsWith("entries") ? "entries shop" : list.substring("/v1/".length());
      String cursor = form.startsWith("encode:") ? base64(form.substring(7), name) : form;

      merchant.get(list + "?cursor=" + cursor).isProblem(400, "invalid_cursor");
    }
  }

  private static String encoded(String form) {
    return "encode:" + form;
  }

  private static String base64(String form, String name) {
    byte[] bytes = form.replace("%s", name).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "101", "-1", "ten", "", "1.0", "99999999999"})
  void comeInPagesOfOneToAHundred(String limit) {
    for (String list : LISTS) {
      merchant.get(list + "?limit=" + limit).isProblem(400, "invalid_request");
    }
  }
}
