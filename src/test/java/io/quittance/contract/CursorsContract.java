package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.web.query.ForgedCursor;
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
      List<JsonNode> whole = rows(merchant.get(list + "?limit=100").is(200).body());
      JsonNode page = merchant.get(list + "?limit=1").is(200).body();
      List<JsonNode> walked = new ArrayList<>(rows(page));
      while (page.path("has_more").asBoolean()) {
        String next = "?limit=1&cursor=" + page.path("next_cursor").asText();
        page = merchant.get(list + next).is(200).body();
        walked.addAll(rows(page));
      }

      assertThat(walked).as(list).hasSize(3).containsExactlyElementsOf(whole);
      assertThat(page.path("next_cursor").isNull()).isTrue();
    }
  }

  /** Without what reading itself changes: when a key was last used. */
  private static List<JsonNode> rows(JsonNode page) {
    List<JsonNode> rows = new ArrayList<>();
    page.path("data").forEach(row -> rows.add(((ObjectNode) row).without("last_used_at")));
    return rows;
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
      String good = merchant.get(list + "?limit=1").is(200).text("/next_cursor");

      String name =
          list.endsWith("entries")
              ? "entries shop Period[from=null, to=null]"
              : list.substring("/v1/".length());
      assertThat(forged(name))
          .allSatisfy(
              (what, cursor) ->
                  merchant.get(list + "?cursor=" + cursor).isProblem(400, "invalid_cursor"));
      assertThat(malformed(good))
          .allSatisfy(
              (what, cursor) ->
                  merchant.get(list + "?cursor=" + cursor).isProblem(400, "invalid_cursor"));
    }
  }

  private static Map<String, String> malformed(String good) {
    String last = good.endsWith("A") ? "B" : "A";
    return Map.ofEntries(
        Map.entry("empty", ""),
        Map.entry("no base64", "!!"),
        Map.entry("too long", "A".repeat(4_001)),
        Map.entry("plain text", base64("accounts\n2026-01-01T00:00:00Z alice")),
        Map.entry("cut off", good.substring(0, good.length() - 4)),
        Map.entry("longer", good + "AAAA"),
        Map.entry("changed", good.substring(0, good.length() - 1) + last),
        Map.entry("of another version", "Ag" + good.substring(2)),
        Map.entry("padded", good + "%3D"));
  }

  private static Map<String, String> forged(String list) {
    return Map.of(
        "no position", ForgedCursor.of(list),
        "an empty position", ForgedCursor.of(list + "\n"),
        "two positions", ForgedCursor.of(list + "\n1\n1"),
        "a position of no kind", ForgedCursor.of(list + "\nrubbish"),
        "a fraction", ForgedCursor.of(list + "\n1.5"),
        "a huge number", ForgedCursor.of(list + "\n99999999999999999999"),
        "no day", ForgedCursor.of(list + "\n2026-02-30T00:00:00Z a"),
        "a time past all", ForgedCursor.of(list + "\n+999999999-12-31T00:00:00Z a"),
        "a time before all", ForgedCursor.of(list + "\n-999999999-01-01T00:00:00Z a"),
        "a zero character", ForgedCursor.of(list + "\n2026-01-01T00:00:00Z \0"));
  }

  @Test
  void showNothingOfWhatIsInThem() {
    for (String list : LISTS) {
      String cursor = merchant.get(list + "?limit=1").is(200).text("/next_cursor");

      assertThat(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.ISO_8859_1))
          .doesNotContain(list.substring(list.lastIndexOf('/') + 1), "202");
    }
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
