package io.quittance.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.DueDeliveryPoller.Found;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Work on endpoints of which only some have their turn at once, on both databases. */
@Tag("side-by-side")
class RoundRobinIT {

  private static final OffsetDateTime CREATED_AT =
      Instant.parse("2026-01-01T00:00:00Z").atOffset(ZoneOffset.UTC);

  private static final String ENDPOINT =
      """
      insert into webhook_endpoints (id, merchant_id, slot, url, events, enabled, secret,
                                     secret_key_id, created_at)
      values (?, ?, ?, 'https://example.com/', '*', ?, ?, 'key', ?)
      """;

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", planningAsForLargeTables(Postgres.create().migrated())));
  }

  /** A scan of a small table would find rows in the order in which they were last changed. */
  private static DataSource planningAsForLargeTables(Postgres.Database database) {
    return new Postgres.Database(database.url() + "&options=-c%20enable_seqscan=off").dataSource();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void endpointsThatRecoverTakeTurns(String name, DataSource database) throws SQLException {
    var jdbc = new JdbcTemplate(database);
    List<Destination> endpoints = new ArrayList<>(recovering(jdbc, 16));
    endpoints.addAll(recovering(jdbc, 5));
    var backfill =
        new Backfill(
            JdbcClient.create(jdbc),
            new DataSourceTransactionManager(database),
            deliveries(database));

    backfill.run();
    backfill.run();

    assertThat(endpoints).hasSize(21).allMatch(endpoint -> count(jdbc, endpoint, "pending") >= 500);
    assertThat(endpoints.stream().mapToInt(endpoint -> count(jdbc, endpoint, "pending")).sum())
        .as("20 endpoints with 500 events each, twice")
        .isEqualTo(2 * 20 * 500);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void endpointsThatAreDisabledTakeTurns(String name, DataSource database) throws SQLException {
    var jdbc = new JdbcTemplate(database);
    NewDeliveries deliveries = deliveries(database);
    var letters =
        new DeadLetters(
            jdbc,
            new DataSourceTransactionManager(database),
            new Dialect(database),
            new DeliveryCounts(new SimpleMeterRegistry()));
    List<Destination> endpoints =
        Stream.generate(() -> new Destination(merchant(jdbc), TypeId.next())).limit(11).toList();
    endpoints.forEach(endpoint -> addEndpoint(jdbc, endpoint, 0, false));
    endpoints.forEach(endpoint -> addDeliveries(deliveries, endpoint, 501));
    List<Found> gone =
        endpoints.stream()
            .map(endpoint -> new Found(endpoint, false, false, false, true, Instant.EPOCH))
            .toList();

    letters.endDeliveries(gone);
    letters.endDeliveries(gone);

    assertThat(endpoints).allMatch(endpoint -> count(jdbc, endpoint, "dead") >= 250);
    assertThat(endpoints.stream().mapToInt(endpoint -> count(jdbc, endpoint, "dead")).sum())
        .as("10 endpoints with 250 deliveries each, twice")
        .isEqualTo(2 * 10 * 250);
  }

  /** Its clock goes on by ten seconds whenever it is read, so a sweep has time for few batches. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void merchantsWhoseOldRowsAreDeletedTakeTurns(String name, DataSource database)
      throws SQLException {
    var jdbc = new JdbcTemplate(database);
    var transactions = new DataSourceTransactionManager(database);
    var dialect = new Dialect(database);
    var clock = new AtomicLong();
    var retention =
        new Retention(
            jdbc,
            transactions,
            dialect,
            new DeadLetters(
                jdbc, transactions, dialect, new DeliveryCounts(new SimpleMeterRegistry())),
            properties(),
            () -> clock.addAndGet(Duration.ofSeconds(10).toNanos()));
    List<Destination> endpoints =
        Stream.generate(() -> new Destination(merchant(jdbc), TypeId.next())).limit(3).toList();
    endpoints.forEach(endpoint -> addDelivered(jdbc, endpoint, 6_000));

    for (Destination _ : endpoints) {
      retention.deleteDeliveries();
    }

    assertThat(endpoints).allMatch(endpoint -> count(jdbc, endpoint, "delivered") < 6_000);
    assertThat(endpoints).allMatch(endpoint -> count(jdbc, endpoint, "delivered") > 0);
  }

  private static void addDelivered(JdbcTemplate jdbc, Destination endpoint, int count) {
    jdbc.batchUpdate(
        "insert into deliveries (id, merchant_id, event_id, endpoint_id, state, attempts,"
            + " next_attempt_at, created_at) values (?, ?, ?, ?, 'delivered', 1, ?, ?)",
        Stream.generate(
                () ->
                    new Object[] {
                      TypeId.next(),
                      endpoint.merchantId(),
                      TypeId.next(),
                      endpoint.endpointId(),
                      CREATED_AT,
                      CREATED_AT
                    })
            .limit(count)
            .toList());
  }

  static DeliveryQueue queue(DataSource database) throws SQLException {
    return new DeliveryQueue(
        new JdbcTemplate(database),
        new DataSourceTransactionManager(database),
        new Dialect(database),
        properties());
  }

  static NewDeliveries deliveries(DataSource database) throws SQLException {
    return new NewDeliveries(new JdbcTemplate(database), new Dialect(database));
  }

  static WebhookProperties properties() {
    return new WebhookProperties(
        null,
        false,
        null,
        List.of(),
        1,
        1,
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(12),
        Duration.ofMinutes(5),
        Duration.ofDays(5),
        Duration.ofDays(30),
        Duration.ofDays(400),
        Duration.ofMinutes(1));
  }

  /** Endpoints of one merchant, each with 1 100 events that it has missed. */
  private static List<Destination> recovering(JdbcTemplate jdbc, int count) {
    UUID merchant = merchant(jdbc);
    jdbc.batchUpdate(
        "insert into events (merchant_id, id, sequence, type, created_at, data)"
            + " values (?, ?, 1, 'webhook.test', ?, '{}')",
        IntStream.range(0, 1_100)
            .mapToObj(i -> new Object[] {merchant, eventId(i), CREATED_AT})
            .toList());
    return IntStream.range(0, count)
        .mapToObj(slot -> new Destination(merchant, recovering(jdbc, merchant, slot)))
        .toList();
  }

  static UUID merchant(JdbcTemplate jdbc) {
    UUID merchant = TypeId.next();
    jdbc.update(
        "insert into merchants (id, name, created_at) values (?, 'a test', ?)",
        merchant,
        CREATED_AT);
    return merchant;
  }

  private static UUID eventId(int number) {
    UUID first = TypeId.first(CREATED_AT.toInstant());
    return new UUID(first.getMostSignificantBits(), first.getLeastSignificantBits() + number);
  }

  private static UUID recovering(JdbcTemplate jdbc, UUID merchant, int slot) {
    var endpoint = new Destination(merchant, TypeId.next());
    addEndpoint(jdbc, endpoint, slot, true);
    jdbc.update(
        "update webhook_endpoints set recovering_since = ?, recovering_until = ? where id = ?",
        CREATED_AT.minusSeconds(1),
        CREATED_AT.plusSeconds(1),
        endpoint.endpointId());
    return endpoint.endpointId();
  }

  static void addEndpoint(JdbcTemplate jdbc, Destination endpoint, int slot, boolean enabled) {
    jdbc.update(
        ENDPOINT,
        endpoint.endpointId(),
        endpoint.merchantId(),
        Integer.toHexString(slot),
        enabled,
        new byte[60],
        CREATED_AT);
  }

  static void addDeliveries(NewDeliveries deliveries, Destination endpoint, int count) {
    deliveries.add(
        endpoint.merchantId(),
        endpoint.endpointId(),
        Stream.generate(TypeId::next).limit(count).toList());
  }

  static int count(JdbcTemplate jdbc, Destination endpoint, String state) {
    return JdbcClient.create(jdbc)
        .sql("select count(*) from deliveries where endpoint_id = ? and state = ?")
        .params(endpoint.endpointId(), state)
        .query(Integer.class)
        .single();
  }
}
