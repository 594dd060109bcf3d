package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static io.quittance.contract.Json.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.web.query.ForgedCursor;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of payments and events: what is found, in which order, page by page. */
abstract class SearchContract extends Contract {

  /** The list with these query parameters, names and values in turn. */
  private static Answer search(Client client, String... pairs) {
    var query = new StringBuilder("/v1/payments");
    for (int i = 0; i < pairs.length; i += 2) {
      query.append(i == 0 ? '?' : '&').append(pairs[i]).append('=');
      query.append(URLEncoder.encode(pairs[i + 1], UTF_8));
    }
    return client.get(query.toString());
  }

  /** The ids that a search finds; all of them are on one page. */
  private List<String> found(String... pairs) {
    Answer answer = search(merchant, pairs).is(200);
    assertThat(answer.body().path("has_more").asBoolean()).isFalse();
    assertThat(answer.body().path("next_cursor").isNull()).isTrue();
    return ids(answer);
  }

  private static List<String> ids(Answer page) {
    return texts(page.body().path("data"), "id");
  }

  /** A payment that fails before anybody looks at its accounts need not fit them. */
  @Test
  void findsAFailedPaymentByWhatItAskedFor() {
    merchant.fault("ledger", "hang", true);
    String failed =
        merchant
            .payment(order(1, "alice", "nobody").put("currency", "USD"))
            .deadline(200)
            .send()
            .is(504)
            .text("/payment_id");
    merchant.noFaults();

    assertThat(found("payer", "alice")).contains(failed);
    assertThat(found("currency", "USD", "payer", "alice")).containsExactly(failed);
    assertThat(found("currency", "USD", "payer", "alice", "payee", "nobody", "status", "failed"))
        .containsExactly(failed);
    assertThat(found("currency", "USD", "payer", "alice", "status", "succeeded")).isEmpty();
    assertThat(found("currency", "EUR", "payer", "alice")).doesNotContain(failed);
  }

  @Test
  void findsPaymentsByEachFilterAndByAllOfThem() {
    merchant.open("bob");
    merchant.put("/v1/accounts/usd", object("currency", "USD", "kind", "external")).is(201);
    merchant.put("/v1/accounts/usd2", object("currency", "USD")).is(201);
    String paid =
        merchant.pay(order(100, "alice", "shop").put("reference", "r 1&é=#")).is(201).id();
    String held =
        merchant.pay(order(200, "alice", "bob").put("capture_method", "manual")).is(201).id();
    String declined = merchant.pay(300, "bob", "shop").is(402).text("/payment_id");
    String dollars = merchant.pay(order(400, "usd", "usd2").put("currency", "USD")).is(201).id();

    assertThat(found()).containsExactly(dollars, declined, held, paid);
    assertThat(found("status", "succeeded")).containsExactly(dollars, paid);
    assertThat(found("status", "authorized")).containsExactly(held);
    assertThat(found("status", "declined")).containsExactly(declined);
    assertThat(found("status", "in_review")).isEmpty();
    assertThat(found("payer", "alice")).containsExactly(held, paid);
    assertThat(found("payee", "shop")).containsExactly(declined, paid);
    assertThat(found("currency", "USD")).containsExactly(dollars);
    assertThat(found("currency", "USD", "payer", "usd")).containsExactly(dollars);
    assertThat(found("currency", "USD", "payee", "usd2")).containsExactly(dollars);
    assertThat(found("currency", "USD", "payer", "alice")).isEmpty();
    assertThat(found("currency", "EUR", "payee", "nobody")).isEmpty();
    assertThat(found("reference", "r 1&é=#")).containsExactly(paid);
    assertThat(found("reference", "r")).isEmpty();
    assertThat(found("amount_min", "200", "amount_max", "300")).containsExactly(declined, held);
    assertThat(found("amount_min", "400")).containsExactly(dollars);
    assertThat(found("amount_max", "0")).isEmpty();
    assertThat(
            found(
                "status", "succeeded",
                "payer", "alice",
                "payee", "shop",
                "currency", "EUR",
                "reference", "r 1&é=#",
                "amount_min", "100",
                "amount_max", "100",
                "created_from", "2000-01-01T00:00:00+02:00",
                "created_to", "9999-12-31T23:59:59Z"))
        .containsExactly(paid);
    assertThat(found("payer", "alice", "payee", "shop", "status", "authorized")).isEmpty();
  }

  @Test
  void showsPaymentsAsTheyAre() {
    String id = merchant.pay(order(1, "alice", "shop").put("description", "ünï")).is(201).id();

    assertThat(search(merchant).body().at("/data/0")).isEqualTo(merchant.find(id).body());
  }

  @Test
  void takesTheStartOfASpanOfTimeAndNotItsEnd() {
    Answer payment = merchant.pay(1, "alice", "shop").is(201);
    String shown = payment.text("/created_at");
    Instant later = Instant.parse(shown).plusMillis(1);

    assertThat(found("created_from", shown)).containsExactly(payment.id());
    assertThat(found("created_from", shown, "created_to", later.toString()))
        .containsExactly(payment.id());
    assertThat(found("created_to", later.toString())).containsExactly(payment.id());
    assertThat(found("created_to", shown)).isEmpty();
    assertThat(found("created_from", later.toString())).isEmpty();
    assertThat(found("created_from", shown, "created_to", shown)).isEmpty();
  }

  /** Finds out when exactly it was made: the latest start of a span that has it. */
  @Test
  void isExactToTheMicrosecond() {
    Answer payment = merchant.pay(1, "alice", "shop").is(201);
    Instant exactly = Instant.parse(payment.text("/created_at"));
    for (long micros = 512; micros > 0; micros /= 2) {
      Instant later = exactly.plus(micros, ChronoUnit.MICROS);
      exactly = found("created_from", later.toString()).isEmpty() ? exactly : later;
    }

    assertThat(found("created_to", exactly.toString())).isEmpty();
    assertThat(found("created_to", exactly.plusNanos(1).toString())).containsExactly(payment.id());
    assertThat(found("created_from", exactly.plusNanos(1).toString())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "status, paid",
    "status, SUCCEEDED",
    "status, 'failed,paid'",
    "status, ''",
    "payer, ''",
    "payer, Alice",
    "payee, ''' or ''1''=''1'",
    "currency, eur",
    "currency, EURO",
    "currency, ''",
    "reference, ''",
    "reference, 'a\u0000b'",
    "created_from, yesterday",
    "created_from, 2026-01-01",
    "created_from, 2026-02-30T00:00:00Z",
    "created_from, 2026-01-01T00:00:00 02:00",
    "created_to, +999999999-12-31T23:59:59Z",
    "created_to, 9999-12-31T23:59:59-10:00",
    "created_to, 0000-01-01T00:00:00Z",
    "amount_min, -1",
    "amount_min, +1",
    "amount_min, 1.5",
    "amount_min, 1e3",
    "amount_min, ١",
    "amount_max, 9007199254740992",
    "amount_max, 99999999999999999999999999",
    "amount_max, ''",
    "limit, 0",
    "limit, 101",
    "limit, ten"
  })
  void refusesWhatIsNotAValueOfTheFilter(String filter, String value) {
    Answer answer = search(merchant, filter, value).isProblem(400, "invalid_request");

    assertThat(texts(answer.body().path("errors"), "param")).containsExactly(filter);
  }

  @Test
  void refusesLongAccountsAndReferences() {
    search(merchant, "payer", "a".repeat(65)).isProblem(400, "invalid_request");
    search(merchant, "reference", "r".repeat(256)).isProblem(400, "invalid_request");
    assertThat(found("payer", "a".repeat(64))).isEmpty();
    assertThat(found("reference", "r".repeat(255))).isEmpty();
  }

  @Test
  void namesAllThatIsWrong() {
    Answer answer =
        search(merchant, "status", "paid", "amount_min", "2", "amount_max", "1", "payre", "alice");

    assertThat(texts(answer.isProblem(400, "invalid_request").body().path("errors"), "param"))
        .containsExactlyInAnyOrder("status", "amount_min", "payre");
    search(merchant, "created_from", "2026-01-02T00:00:00Z", "created_to", "2026-01-01T00:00:00Z")
        .isProblem(400, "invalid_request");
  }

  /** Each of these, were it left out, would find more than was asked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "stauts=failed",
        "Status=failed",
        "status%5B%5D=failed",
        "status=failed&status=succeeded",
        "cursor=&cursor=",
        "offset=10"
      })
  void refusesParametersThatItDoesNotKnowOrCannotTell(String query) {
    merchant.get("/v1/payments?" + query).isProblem(400, "invalid_request");
  }

  /** {@link java.net.URI} would not send such a query. */
  @Test
  void refusesWhatCannotBeDecoded() throws IOException {
    URI service = merchant.service();
    try (var socket = new Socket(service.getHost(), service.getPort())) {
      String request =
          "GET /v1/payments?status=%%zz HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(merchant.secret());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"invalid_request\"");
    }
  }

  @Test
  void takesHostileTextForText() {
    String hostile = "'; drop table payments; --";
    String id = merchant.pay(order(1, "alice", "shop").put("reference", hostile)).is(201).id();

    assertThat(found("reference", hostile)).containsExactly(id);
    assertThat(found("reference", "' or '1'='1")).isEmpty();
    assertThat(found("reference", "%")).isEmpty();
    moved(1);
  }

  @Test
  void goesThroughAllPagesNewestFirst() {
    var made = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      made.addFirst(merchant.pay(1, "alice", "shop").is(201).id());
    }

    assertThat(walk("payer", "alice", "limit", "2")).isEqualTo(made);
    assertThat(walk("limit", "5")).isEqualTo(made);
    assertThat(walk("limit", "1", "status", "succeeded")).isEqualTo(made);
  }

  private List<String> walk(String... pairs) {
    var met = new ArrayList<String>();
    Answer page = search(merchant, pairs).is(200);
    met.addAll(ids(page));
    while (page.body().path("has_more").asBoolean()) {
      page = search(merchant, with(pairs, "cursor", page.text("/next_cursor"))).is(200);
      met.addAll(ids(page));
    }
    return met;
  }

  private static String[] with(String[] pairs, String name, String value) {
    String[] more = java.util.Arrays.copyOf(pairs, pairs.length + 2);
    more[pairs.length] = name;
    more[pairs.length + 1] = value;
    return more;
  }

  /** Payments of one burst share their instant, so that pages end between them. */
  @Test
  void meetsEachEarlierPaymentOnceWhileOthersAreMade() {
    List<String> earlier =
        Burst.of(40, i -> merchant.pay(1, "alice", "shop")).stream()
            .map(answer -> answer.is(201).id())
            .toList();
    var met = new ArrayList<String>();
    String[] query = {"payee", "shop", "limit", "3"};

    Answer page = search(merchant, query).is(200);
    met.addAll(ids(page));
    while (page.body().path("has_more").asBoolean()) {
      String[] next = with(query, "cursor", page.text("/next_cursor"));
      List<Answer> answers =
          Burst.of(5, i -> i == 0 ? search(merchant, next) : merchant.pay(1, "alice", "shop"));
      page = answers.getFirst().is(200);
      met.addAll(ids(page));
    }

    assertThat(met).containsExactlyInAnyOrderElementsOf(earlier);
  }

  @Test
  void goesThroughBothSidesOfAStatement() {
    merchant.pay(300, "alice", "shop").is(201);
    merchant.pay(100, "shop", "alice").is(201);
    merchant.pay(200, "shop", "alice").is(201);
    merchant.pay(50, "alice", "shop").is(201);
    merchant.pay(order(1, "alice", "shop").put("capture_method", "manual")).is(201);
    var balances = new ArrayList<String>();

    String path = "/v1/accounts/alice/entries?limit=2";
    Answer page = merchant.get(path).is(200);
    balances.addAll(texts(page.body().path("data"), "balance_after"));
    while (page.body().path("has_more").asBoolean()) {
      page = merchant.get(path + "&cursor=" + page.text("/next_cursor")).is(200);
      balances.addAll(texts(page.body().path("data"), "balance_after"));
    }

    assertThat(balances).containsExactly("99950", "100000", "99800", "99700", "100000");
  }

  @Test
  void refusesACursorWithOtherFilters() {
    merchant.pay(1, "alice", "shop").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    String cursor = search(merchant, "payer", "alice", "limit", "1").is(200).text("/next_cursor");

    search(merchant, "payer", "alice", "cursor", cursor).is(200);
    search(merchant, "cursor", cursor).isProblem(400, "invalid_cursor");
    search(merchant, "payer", "shop", "cursor", cursor).isProblem(400, "invalid_cursor");
    search(merchant, "payee", "alice", "cursor", cursor).isProblem(400, "invalid_cursor");
    search(merchant, "payer", "alice", "status", "failed", "cursor", cursor)
        .isProblem(400, "invalid_cursor");
    merchant.get("/v1/events?cursor=" + cursor).isProblem(400, "invalid_cursor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "payments",
        "payments\n",
        "payments\n2026-01-01T00:00:00Z",
        "payments\n2026-01-01T00:00:00Z nobody",
        "payments\nnow 018f0000-0000-7000-8000-000000000000",
        "payments\n+999999999-12-31T23:59:59Z 018f0000-0000-7000-8000-000000000000",
        "payments\n2026-01-01T00:00:00Z ' or '1'='1",
        "accounts\n2026-01-01T00:00:00Z alice"
      })
  void refusesAForgedCursor(String content) {
    String cursor = ForgedCursor.of(content);

    search(merchant, "cursor", cursor).isProblem(400, "invalid_cursor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accounts\n+999999999-12-31T23:59:59Z alice",
        "accounts\n2026-01-01T00:00:00Z a\0"
      })
  void refusesAForgedCursorOfAccounts(String content) {
    String cursor = ForgedCursor.of(content);

    merchant.get("/v1/accounts?cursor=" + cursor).isProblem(400, "invalid_cursor");
  }

  @Test
  void showsNothingOfAnotherMerchant() {
    merchant.pay(order(1, "alice", "shop").put("reference", "r")).is(201);
    merchant.pay(1, "alice", "shop").is(201);
    String cursor = search(merchant, "limit", "1").is(200).text("/next_cursor");
    Client other = newMerchant();

    for (String[] query :
        new String[][] {
          {},
          {"payer", "alice"},
          {"payee", "shop"},
          {"reference", "r"},
          {"status", "succeeded"},
          {"currency", "EUR"},
          {"amount_min", "1"},
          {"created_to", "9999-01-01T00:00:00Z"},
          {"cursor", cursor}
        }) {
      assertThat(ids(search(other, query).is(200))).as("%s", (Object) query).isEmpty();
    }
  }

  @Test
  void wantsTheScopeToRead() {
    limitedTo(merchant, "payments:write").get("/v1/payments").isProblem(403, "insufficient_scope");
    limitedTo(merchant, "payments:read").get("/v1/payments").is(200);
    merchant.anonymous().get("/v1/payments").isProblem(401, "unauthorized");
  }

  @Test
  void findsEventsByTypeAndPayment() {
    String paid = merchant.pay(1, "alice", "shop").is(201).id();
    String declined = merchant.pay(FUNDS, "alice", "shop").is(402).text("/payment_id");

    assertThat(payments(merchant.get("/v1/events"))).containsExactly(declined, paid);
    assertThat(payments(merchant.get("/v1/events?type=payment.declined")))
        .containsExactly(declined);
    assertThat(payments(merchant.get("/v1/events?type=payment.succeeded"))).containsExactly(paid);
    assertThat(payments(merchant.get("/v1/events?payment_id=" + paid))).containsExactly(paid);
    assertThat(payments(merchant.get("/v1/events?type=payment.failed&payment_id=" + paid)))
        .isEmpty();
    assertThat(payments(newMerchant().get("/v1/events?payment_id=" + paid))).isEmpty();
    merchant.get("/v1/events?type=payment.made").isProblem(400, "invalid_request");
    merchant.get("/v1/events?payment_id=evt_1").isProblem(400, "invalid_request");
    merchant.get("/v1/events?payment=" + paid).isProblem(400, "invalid_request");
  }

  private static List<String> payments(Answer events) {
    var payments = new ArrayList<String>();
    for (JsonNode event : events.is(200).body().path("data")) {
      payments.add(event.at("/data/id").asText());
    }
    return payments;
  }
}
