package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

  @Test
  void areRefusedWhenMalformed() {
    for (String list : LISTS) {
      String name = list.endsWith("entries") ? "entries shop" : list.substring("/v1/".length());

      assertThat(malformed(name))
          .allSatisfy(
              (what, cursor) ->
                  merchant.get(list + "?cursor=" + cursor).isProblem(400, "invalid_cursor"));
    }
  }

  private static Map<String, String> malformed(String list) {
    return Map.ofEntries(
        Map.entry("empty", ""),
        Map.entry("no base64", "!!"),
        Map.entry("too long", "A".repeat(2_001)),
        Map.entry("not UTF-8", Base64.getUrlEncoder().encodeToString(new byte[] {-1, -2})),
        Map.entry("no position", base64(list)),
        Map.entry("an empty position", base64(list + "\n")),
        Map.entry("two positions", base64(list + "\n1\n1")),
        Map.entry("a position of no kind", base64(list + "\nrubbish")),
        Map.entry("a fraction", base64(list + "\n1.5")),
        Map.entry("a huge number", base64(list + "\n99999999999999999999")),
        Map.entry("no day", base64(list + "\n2026-02-30T00:00:00Z a")),
        Map.entry("a time past all", base64(list + "\n+999999999-12-31T00:00:00Z a")),
        Map.entry("a time before all", base64(list + "\n-999999999-01-01T00:00:00Z a")),
        Map.entry("a zero character", base64(list + "\n2026-01-01T00:00:00Z \0")));
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void comeInPagesOfOneToAHundred() {
    for (String list : LISTS) {
      assertThat(List.of("0", "101", "-1", "ten", "", "1.0", "99999999999"))
          .allSatisfy(
              limit -> merchant.get(list + "?limit=" + limit).isProblem(400, "invalid_request"));
    }
  }
}
