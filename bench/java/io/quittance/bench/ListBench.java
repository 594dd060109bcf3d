package io.quittance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Every list of the service over HTTP, on a database of a million payments, with the plans that its
 * statements had. Ends with 1 when the books are wrong.
 */
public final class ListBench {

  private static final String NAME = "million";
  private static final int RUNS = 20;

  private static final List<String> COSTED =
      List.of(
          "payments_by_payer",
          "payments_by_payee",
          "payments_by_time",
          "payments_by_amount",
          "payments_by_status",
          "payments_live_reference",
          "payments_dead_reference");

  private static final int WARM_UP_ROUNDS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A list to ask for.
   *
   * @param deep the condition that its rows meet, to find a position in the middle; empty: no deep
   *     page
   */
  private record Case(String name, String path, String deep) {}

  private final Report report;
  private final Database database;
  private final Plans plans;
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI service;
  private final List<UUID> merchants = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();

  private ListBench(Report report, Database database, Plans plans, Service service) {
    this.report = report;
    this.database = database;
    this.plans = plans;
    this.service = URI.create("http://localhost:" + service.port());
  }

  /** Options: {@code --payments 1000000}. */
  public static void main(String[] args) throws Exception {
    int payments =
        args.length == 2 && args[0].equals("--payments") ? Integer.parseInt(args[1]) : 1_000_000;
    Path directory = Path.of(System.getProperty("bench.results")).toAbsolutePath();
    Path logs = Files.createTempDirectory("plans");
    List<String> faults;
    try (var report = new Report(directory, NAME);
        Database database = Database.start(Plans.settings(logs))) {
      database.create(NAME);
      try (Service service =
          Service.start(database, NAME, List.of(), directory.resolve("service.log").toFile())) {
        var bench = new ListBench(report, database, new Plans(database, logs), service);
        bench.fill(payments);
        bench.sizes();
        faults = bench.faults();
        bench.measure();
        bench.indexCosts();
      }
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private void fill(int payments) throws Exception {
    for (String name : List.of("large", "medium", "small", "tiny")) {
      JsonNode merchant =
          send(
              request("/v1/merchants", Service.OPERATOR_KEY)
                  .POST(BodyPublishers.ofString("{\"name\":\"%s\"}".formatted(name))));
      keys.add(merchant.at("/api_key/secret").asText());
    }
    long start = System.nanoTime();
    try (Connection connection = database.connect(NAME)) {
      try (var rows =
          connection
              .createStatement()
              .executeQuery("select id from merchants order by created_at, id")) {
        while (rows.next()) {
          merchants.add(rows.getObject(1, UUID.class));
        }
      }
      Population.fill(
          connection,
          payments,
          List.of(
              new Population.Crowd(merchants.get(0), 0.9, 10_000),
              new Population.Crowd(merchants.get(1), 0.07, 1_000),
              new Population.Crowd(merchants.get(2), 0.029, 1_000),
              new Population.Crowd(merchants.get(3), 0.001, 100)));
    }
    report.line("%,d payments in %d s", payments, (System.nanoTime() - start) / 1_000_000_000);
  }

  private void sizes() throws SQLException {
    try (Connection connection = database.connect(NAME);
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    """
                    select relname, pg_relation_size(oid) / 1048576.0 from pg_class
                     where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')
                       and pg_relation_size(oid) > 1048576 / 2 order by relname
                    """)) {
      while (rows.next()) {
        report.line("%-28s %8.1f MB", rows.getString(1), rows.getDouble(2));
      }
    }
  }

  private List<String> faults() throws SQLException {
    try (Connection connection = database.connect(NAME)) {
      List<String> faults = Population.faults(connection);
      faults.forEach(fault -> report.line("WRONG: %s", fault));
      report.line(faults.isEmpty() ? "the books are right" : "THE BOOKS ARE WRONG");
      return faults;
    }
  }

  private void measure() throws Exception {
    Map<String, String> paths = paths();
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      for (String path : paths.values()) {
        if (round == 0 || !path.contains("trial")) {
          get(path);
        }
      }
    }
    plans.explain(true);
    for (var entry : paths.entrySet()) {
      plans.mark(entry.getKey());
      get(entry.getValue());
    }
    plans.explain(false);
    Map<String, Double> medians = new LinkedHashMap<>();
    Map<String, Integer> rows = new LinkedHashMap<>();
    for (var entry : paths.entrySet()) {
      var times = new ArrayList<Double>();
      int runs = entry.getValue().contains("trial") ? 3 : RUNS;
      for (int run = 0; run < runs; run++) {
        long start = System.nanoTime();
        JsonNode page = get(entry.getValue());
        times.add((System.nanoTime() - start) / 1e6);
        rows.put(entry.getKey(), page.path("data").size());
      }
      medians.put(entry.getKey(), Report.median(times));
    }
    report.line("| list | rows | HTTP ms | SQL ms | rows read | pages read | plan |");
    report.line("|---|---|---|---|---|---|---|");
    for (var entry : paths.entrySet()) {
      String table = entry.getValue().replaceAll("^.*/v1/(accounts/.*/)?([a-z-]+).*$", "$2");
      Plans.Plan plan = plans.after(entry.getKey(), mark(table)).orElse(Plans.NONE);
      report.line(
          "| %s | %d | %.1f | %.2f | %,d | %,d | %s |",
          entry.getKey(),
          rows.get(entry.getKey()),
          medians.get(entry.getKey()),
          plan.milliseconds(),
          plan.rowsRead(),
          plan.buffers(),
          plan.nodes());
    }
  }

  /** What no other statement of the service contains. */
  private static String mark(String table) {
    return switch (table) {
      case "payments" -> " order by created_at desc, id desc limit";
      case "entries" -> "from_entry as number";
      case "ledger" -> "as debits";
      default -> " from " + table;
    };
  }

  private void indexCosts() throws SQLException {
    // A page that changes for the first time since a checkpoint would be logged whole.
    database.execute("alter system set full_page_writes = off");
    database.execute("select pg_reload_conf()");
    report.line("| index of payments | WAL bytes per payment |");
    report.line("|---|---|");
    try (Connection connection = database.connect(NAME)) {
      for (IndexCost.Cost cost : IndexCost.measure(connection, COSTED)) {
        report.line("| %s | %.0f |", cost.index(), cost.walBytes());
      }
    }
  }

  /** The lists by name: each first page, and a page from the middle where there is one. */
  private Map<String, String> paths() throws Exception {
    var paths = new LinkedHashMap<String, String>();
    for (Case one : cases()) {
      String key = one.name().startsWith("tiny") ? "3" : "0";
      paths.put(one.name(), key + one.path());
      if (!one.deep().isEmpty()) {
        deep(key + one.path(), one.deep())
            .ifPresent(path -> paths.put(one.name() + ", deep", key + path));
      }
    }
    return paths;
  }

  private List<Case> cases() throws SQLException {
    String day;
    String payment;
    try (Connection connection = database.connect(NAME)) {
      String format = "to_char(now() at time zone 'UTC' - interval '%d days', 'YYYY-MM-DD')";
      day =
          "created_from=%sT00:00:00Z&created_to=%sT00:00:00Z"
              .formatted(
                  Database.text(connection, "select " + format.formatted(45)),
                  Database.text(connection, "select " + format.formatted(44)));
      payment = get("0/v1/payments?limit=1&status=canceled").at("/data/0/id").asText();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    var cases = new ArrayList<Case>();
    payments(cases, "", "true");
    payments(cases, "status=succeeded", "status = 'succeeded'");
    payments(cases, "status=failed", "status = 'failed'");
    payments(cases, "status=in_review", "status = 'in_review'");
    payments(cases, "status=authorized", "status = 'authorized'");
    payments(cases, "status=processing", "");
    payments(cases, "payer=" + Population.RARE_PAYER, "");
    payments(cases, "payer=" + Population.HOT_PAYER, "payer = '" + Population.HOT_PAYER + "'");
    payments(cases, "payee=" + Population.HOT_PAYEE, "payee = '" + Population.HOT_PAYEE + "'");
    payments(cases, "payee=a05000", "payee = 'a05000'");
    payments(cases, "payee=nobody", "");
    payments(cases, "reference=order-500001", "");
    payments(cases, "reference=none", "");
    payments(cases, "currency=EUR", "currency = 'EUR'");
    payments(cases, "currency=USD", "currency = 'USD'");
    payments(cases, "currency=CHF", "currency = 'CHF'");
    payments(cases, "currency=JPY", "");
    payments(cases, day, "");
    payments(cases, "amount_min=1000000", "amount >= 1000000");
    payments(cases, "amount_min=10000", "amount >= 10000");
    payments(cases, "amount_min=5000&amount_max=5010", "amount between 5000 and 5010");
    payments(cases, "amount_max=100", "amount <= 100");
    payments(cases, "amount_min=123456&amount_max=123456", "");
    payments(cases, "currency=EUR&amount_min=1000000", "currency = 'EUR' and amount >= 1000000");
    payments(cases, "currency=USD&amount_min=50000", "currency = 'USD' and amount >= 50000");
    payments(cases, "currency=USD&status=failed", "");
    payments(cases, "currency=CHF&status=failed", "");
    payments(cases, "payer=%s&status=failed".formatted(Population.HOT_PAYER), "");
    payments(cases, "payer=%s&payee=a05000".formatted(Population.HOT_PAYER), "");
    payments(cases, "payer=a05000&payee=%s".formatted(Population.HOT_PAYEE), "");
    payments(cases, "payer=%s&payee=%s".formatted(Population.HOT_PAYER, Population.HOT_PAYEE), "");
    payments(cases, "payee=%s&amount_min=1000000".formatted(Population.HOT_PAYEE), "");
    payments(cases, "payee=%s&currency=USD".formatted(Population.HOT_PAYEE), "");
    payments(cases, day + "&status=failed", "");
    payments(cases, day + "&payer=" + Population.HOT_PAYER, "");
    payments(cases, day + "&amount_min=1000000", "");
    cases.add(new Case("tiny merchant: payments", "/v1/payments", ""));
    cases.add(new Case("tiny merchant: status=failed", "/v1/payments?status=failed", ""));
    cases.add(new Case("tiny merchant: currency=CHF", "/v1/payments?currency=CHF", ""));
    cases.add(new Case("tiny merchant: amount_min=50000", "/v1/payments?amount_min=50000", ""));
    cases.add(new Case("events", "/v1/events", "true"));
    cases.add(new Case("events type=payment.succeeded", "/v1/events?type=payment.succeeded", ""));
    cases.add(new Case("events type=payment.failed", "/v1/events?type=payment.failed", ""));
    cases.add(new Case("events type=refund.succeeded", "/v1/events?type=refund.succeeded", ""));
    cases.add(new Case("events payment_id", "/v1/events?payment_id=" + payment, ""));
    cases.add(new Case("accounts", "/v1/accounts", ""));
    cases.add(
        new Case(
            "entries of the hot payee", "/v1/accounts/" + Population.HOT_PAYEE + "/entries", ""));
    cases.add(new Case("entries of a05000", "/v1/accounts/a05000/entries", ""));
    cases.add(new Case("trial balance", "/v1/ledger/trial-balance", ""));
    return cases;
  }

  private static void payments(List<Case> cases, String query, String deep) {
    String name = query.replaceAll("created_from=.*created_to=[^&]*", "one day");
    cases.add(
        new Case(
            name.isEmpty() ? "payments" : name.replace("&", ", "),
            "/v1/payments" + (query.isEmpty() ? "" : "?" + query),
            deep));
  }

  /** The same list from the middle on: a cursor of the service whose position is moved there. */
  private Optional<String> deep(String path, String condition) throws Exception {
    JsonNode first = get(path + (path.contains("?") ? "&" : "?") + "limit=1");
    if (!first.path("has_more").asBoolean()) {
      return Optional.empty();
    }
    String cursor = first.path("next_cursor").asText();
    String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    boolean events = path.contains("/events");
    String position;
    try (Connection connection = database.connect(NAME)) {
      String where =
          " from %s where merchant_id = '%s' and %s"
              .formatted(events ? "events" : "payments", merchants.getFirst(), condition);
      long half = Database.number(connection, "select count(*)" + where) / 2;
      position =
          Database.text(
              connection,
              "select "
                  + (events
                      ? "id::text"
                      : "to_char(created_at at time zone 'UTC',"
                          + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || ' ' || id")
                  + where
                  + (events ? " order by id desc" : " order by created_at desc, id desc")
                  + " limit 1 offset "
                  + half);
    }
    String moved = text.substring(0, text.indexOf('\n') + 1) + position;
    String plain = path.substring(1);
    return Optional.of(
        plain
            + (plain.contains("?") ? "&" : "?")
            + "cursor="
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(moved.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * @param path led by the number of the merchant who asks
   */
  private JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path.substring(1), keys.get(path.charAt(0) - '0')).GET());
  }

  private HttpRequest.Builder request(String path, String key) {
    return HttpRequest.newBuilder(service.resolve(path))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json");
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    var response = http.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(response.request().uri() + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
