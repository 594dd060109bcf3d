package io.quittance.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Merchants with fraud rules and 10 000 funded accounts each, made over the service's own API. */
final class Setup {

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int CONNECTIONS = 32;
  private static final long FUNDS = 10_000_000_000L;

  /** Every rule has to be looked at, and none of them fires. */
  private static final String RULES =
      """
      {"version":0,"fallback":"decline","rules":[
      {"id":"big","kind":"amount_limit","action":"review","amount":1000000,"currency":"EUR"},
      {"id":"often","kind":"velocity_count","action":"decline","count":100000,"window_seconds":60},
      {"id":"blocked","kind":"list","action":"decline","list":"block",
      "payers":["mallory","trudy"],"payees":["nobody","offshore"]}]}
      """;

  private final int port;

  private Setup(int port) {
    this.port = port;
  }

  /** Returns the merchants' API keys. */
  static List<String> run(Service service, int merchants) throws Exception {
    var apiKeys = new ArrayList<String>();
    for (int i = 0; i < merchants; i++) {
      apiKeys.add(new Setup(service.port()).run());
    }
    return apiKeys;
  }

  private String run() throws Exception {
    String apiKey;
    try (var http = new Http(port)) {
      expect(http, CREATED, "POST", "/v1/merchants", Service.OPERATOR_KEY, "{\"name\":\"bench\"}");
      apiKey = between(http.body(), "\"secret\":\"", "\"");
      expect(
          http,
          CREATED,
          "PUT",
          "/v1/accounts/world",
          apiKey,
          "{\"currency\":\"EUR\",\"kind\":\"external\"}");
      expect(http, OK, "PUT", "/v1/fraud/rules", apiKey, RULES);
    }
    openAccounts(apiKey);
    return apiKey;
  }

  private void openAccounts(String apiKey) throws Exception {
    try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      var parts = new ArrayList<Future<?>>();
      for (int first = 0; first < CONNECTIONS; first++) {
        int start = first;
        parts.add(threads.submit(() -> openEvery(start, apiKey)));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
  }

  private Void openEvery(int first, String apiKey) throws IOException {
    try (var http = new Http(port)) {
      for (int i = first; i < Order.ACCOUNTS; i += CONNECTIONS) {
        String account = Order.account(Order.FIRST_ACCOUNT + i);
        expect(http, CREATED, "PUT", "/v1/accounts/" + account, apiKey, "{\"currency\":\"EUR\"}");
        expect(
            http,
            CREATED,
            "POST",
            "/v1/transfers",
            apiKey,
            "{\"from\":\"world\",\"to\":\"%s\",\"amount\":%d,\"currency\":\"EUR\"}"
                .formatted(account, FUNDS));
      }
    }
    return null;
  }

  static void expect(Http http, int status, String method, String path, String bearer, String body)
      throws IOException {
    String key = UUID.randomUUID().toString();
    int answered = http.exchange(HttpClient.request(method, path, bearer, key, body));
    if (answered != status) {
      throw new IOException("%s %s: status %d, %s".formatted(method, path, answered, http.body()));
    }
  }

  static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }
}
