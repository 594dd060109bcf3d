package io.quittance.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DeadEndpoints.Dead;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractDurationAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How long endpoints that fail are paused, on both databases. */
class EndpointHealthIT {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final String URL = "https://example.com/";
  private static final String OLD_URL = "https://example.com/old";
  private static final Duration PAUSE = Duration.ofSeconds(30);

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", Postgres.create().migrated().dataSource()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aLaterFailureDoesNotShortenWhatTheReceiverAskedFor(String name, DataSource database)
      throws SQLException {
    Destination endpoint = endpoint(database);

    note(database, failed(endpoint, false, HOUR));
    note(database, failed(endpoint, false, PAUSE));

    assertThatItIsPausedFor(database, endpoint).isGreaterThan(HOUR.minusMinutes(1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aLaterFailureProlongsIt(String name, DataSource database) throws SQLException {
    Destination endpoint = endpoint(database);

    note(database, failed(endpoint, false, PAUSE));
    note(database, failed(endpoint, false, HOUR));

    assertThatItIsPausedFor(database, endpoint).isGreaterThan(HOUR.minusMinutes(1));
  }

  /** While it was under way, an attempt that had begun before was told when to come again. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aProbeThatFailsDoesNotShortenIt(String name, DataSource database) throws SQLException {
    Destination endpoint = endpoint(database);

    probe(database, endpoint);
    note(database, failed(endpoint, false, HOUR));
    note(database, failed(endpoint, true, PAUSE));

    assertThatItIsPausedFor(database, endpoint).isGreaterThan(HOUR.minusMinutes(1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aProbeThatFailsEndsItsOwnLease(String name, DataSource database) throws SQLException {
    Destination endpoint = endpoint(database);

    probe(database, endpoint);
    assertThatItIsPausedFor(database, endpoint).isGreaterThan(Duration.ofSeconds(5));
    note(database, failed(endpoint, true, Duration.ofMillis(1)));

    assertThatItIsPausedFor(database, endpoint).isLessThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aProbeThatSucceedsEndsThePause(String name, DataSource database) throws SQLException {
    Destination endpoint = endpoint(database);

    note(database, failed(endpoint, false, HOUR));
    note(database, succeeded(endpoint));

    assertThat(pausedUntil(database, endpoint)).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  @Proves("the clock of the database is ahead")
  void disablesNoneBecauseTheDatabasesClockIsAhead(String name, DataSource database)
      throws SQLException {
    Destination endpoint = endpoint(database);
    new JdbcTemplate(database)
        .update(
            "update webhook_endpoints set failing_since = ? where id = ?",
            OffsetDateTime.now().minus(RoundRobinIT.properties().disableAfter()).minusHours(1),
            endpoint.endpointId());
    var behind = new Clocks(Clock.offset(Clock.systemUTC(), Duration.ofDays(-1)));
    var behindTheDatabase = new Dialect(database, Distribution.NONE, behind);

    assertThat(note(database, behindTheDatabase, failed(endpoint, false, PAUSE))).isEmpty();
    assertThat(note(database, failed(endpoint, false, PAUSE)))
        .singleElement()
        .extracting(dead -> dead.endpoint().destination())
        .isEqualTo(endpoint);
  }

  /** The merchant changed the URL while the attempt was under way. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void ignoresWhatFailsAtAnEarlierUrl(String name, DataSource database) throws SQLException {
    Destination endpoint = endpoint(database);

    assertThat(note(database, gone(endpoint, OLD_URL))).isEmpty();
    assertThat(pausedUntil(database, endpoint)).isNull();
    assertThat(failing(database, endpoint)).isFalse();

    assertThat(note(database, gone(endpoint, URL))).hasSize(1);
    assertThat(failing(database, endpoint)).isTrue();
  }

  /** The merchant changes the URL between the attempt's commit and the endpoint's end. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void findsNoneToDisableWhoseUrlHasChangedSince(String name, DataSource database)
      throws SQLException {
    Destination endpoint = endpoint(database);
    Dead dead = note(database, gone(endpoint, URL)).getFirst();
    var rows = new EndpointRows(JdbcClient.create(database));
    assertThat(rows.find(dead.condition(), Set.of(endpoint))).hasSize(1);

    new JdbcTemplate(database)
        .update(
            "update webhook_endpoints set url = 'https://example.com/new' where id = ?",
            endpoint.endpointId());

    assertThat(rows.find(dead.condition(), Set.of(endpoint))).isEmpty();
  }

  private static boolean failing(DataSource database, Destination endpoint) {
    return Boolean.TRUE.equals(
        new JdbcTemplate(database)
            .queryForObject(
                "select failing_since is not null from webhook_endpoints where id = ?",
                Boolean.class,
                endpoint.endpointId()));
  }

  private static AbstractDurationAssert<?> assertThatItIsPausedFor(
      DataSource database, Destination endpoint) {
    OffsetDateTime until = pausedUntil(database, endpoint);
    assertThat(until).isNotNull();
    return assertThat(Duration.between(Instant.now(), until.toInstant()));
  }

  private static @Nullable OffsetDateTime pausedUntil(DataSource database, Destination endpoint) {
    return new JdbcTemplate(database)
        .queryForObject(
            "select closed_until from webhook_endpoints where id = ?",
            OffsetDateTime.class,
            endpoint.endpointId());
  }

  /** As a replica that claims a probe. */
  private static void probe(DataSource database, Destination endpoint) throws SQLException {
    DeliveryQueue queue = RoundRobinIT.queue(database);
    RoundRobinIT.addDeliveries(RoundRobinIT.deliveries(database), endpoint, 1);
    new JdbcTemplate(database)
        .update(
            "update webhook_endpoints set closed_until = current_timestamp where id = ?",
            endpoint.endpointId());
    assertThat(queue.claimProbe(endpoint)).hasSize(1);
  }

  private static List<Dead> note(DataSource database, Attempt attempt) throws SQLException {
    return note(database, new Dialect(database), attempt);
  }

  private static List<Dead> note(DataSource database, Dialect dialect, Attempt attempt) {
    var health = new EndpointHealth(new JdbcTemplate(database), dialect, RoundRobinIT.properties());
    return Objects.requireNonNull(
        new TransactionTemplate(new DataSourceTransactionManager(database))
            .execute(_ -> health.note(List.of(attempt))));
  }

  private static Attempt failed(Destination endpoint, boolean probe, Duration endpointPause) {
    return attempt(endpoint, probe, 503, endpointPause, URL);
  }

  private static Attempt succeeded(Destination endpoint) {
    return attempt(endpoint, true, 200, null, URL);
  }

  private static Attempt gone(Destination endpoint, String url) {
    return attempt(endpoint, false, 410, HOUR, url);
  }

  private static Attempt attempt(
      Destination endpoint,
      boolean probe,
      int status,
      @Nullable Duration endpointPause,
      String url) {
    String error = status == 200 ? null : "status " + status;
    var delivery =
        new Claimed(
            TypeId.next(),
            endpoint.merchantId(),
            TypeId.next(),
            endpoint.endpointId(),
            0,
            probe,
            Instant.EPOCH,
            Deadline.after(HOUR));
    return new Attempt(
        delivery, Instant.now(), Duration.ZERO, status, error, null, null, endpointPause, url);
  }

  private static Destination endpoint(DataSource database) {
    var jdbc = new JdbcTemplate(database);
    var endpoint = new Destination(RoundRobinIT.merchant(jdbc), TypeId.next());
    RoundRobinIT.addEndpoint(jdbc, endpoint, 0, true);
    return endpoint;
  }
}
