package io.quittance.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DueDeliveryPoller.Found;
import io.quittance.webhook.delivery.DueDeliveryPoller.Poll;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

class DueDeliveryPollerIT {

  private static final OffsetDateTime LONG_AGO =
      Instant.parse("2026-01-01T00:00:00Z").atOffset(ZoneOffset.UTC);

  /** More endpoints than one look returns. */
  private static final int MANY = 10_001;

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", Postgres.create().migrated().dataSource()));
  }

  /** They are there for an hour, and somebody may make and delete one after another. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void findsALiveEndpointHoweverManyAreGone(String name, DataSource database) throws SQLException {
    var jdbc = new JdbcTemplate(database);
    endpoints(jdbc, MANY, false, LONG_AGO);
    UUID live = endpoints(jdbc, 1, true, LONG_AGO.plusDays(1)).getFirst();
    var poller =
        new DueDeliveryPoller(
            jdbc, new Dialect(database), RoundRobinIT.properties(), new SimpleMeterRegistry());

    Poll poll = Objects.requireNonNull(poller.poll());

    assertThat(poll.found())
        .filteredOn(Found::enabled)
        .extracting(found -> found.destination().endpointId())
        .containsExactly(live);
    assertThat(poll.found()).filteredOn(found -> !found.enabled()).isNotEmpty();
  }

  /** One dead receiver is ordinary; that others wait is not. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void tellsHowLongDeliveriesWaitWhoseEndpointIsNotPaused(String name, DataSource database)
      throws SQLException {
    var jdbc = new JdbcTemplate(database);
    var registry = new SimpleMeterRegistry();
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    UUID paused = endpoints(jdbc, 1, true, now.minusHours(5)).getFirst();
    jdbc.update("update webhook_endpoints set closed_until = ? where id = ?", now, paused);
    endpoints(jdbc, 1, true, now.minusHours(1));

    new DueDeliveryPoller(jdbc, new Dialect(database), RoundRobinIT.properties(), registry).poll();

    assertThat(registry.get("quittance.webhook.oldest.waiting").gauge().value())
        .isBetween(18_000.0, 18_600.0);
    assertThat(registry.get("quittance.webhook.oldest.unpaused").gauge().value())
        .isBetween(3_600.0, 4_200.0);
  }

  /** Each of a merchant of its own, with a delivery that is due. */
  private static List<UUID> endpoints(
      JdbcTemplate jdbc, int count, boolean enabled, OffsetDateTime due) {
    List<UUID> ids = Stream.generate(TypeId::next).limit(count).toList();
    jdbc.batchUpdate(
        "insert into merchants (id, name, created_at) values (?, 'a test', ?)",
        ids.stream().map(id -> new Object[] {id, LONG_AGO}).toList());
    jdbc.batchUpdate(
        """
        insert into webhook_endpoints (id, merchant_id, slot, url, events, enabled, secret,
                                       secret_key_id, created_at)
        values (?, ?, '0', 'https://example.com/', '*', ?, ?, 'key', ?)
        """,
        ids.stream().map(id -> new Object[] {id, id, enabled, new byte[60], due}).toList());
    jdbc.batchUpdate(
        """
        insert into deliveries (id, merchant_id, event_id, endpoint_id, state, attempts,
                                next_attempt_at, created_at)
        values (?, ?, ?, ?, 'pending', 0, ?, ?)
        """,
        ids.stream().map(id -> new Object[] {id, id, id, id, due, due}).toList());
    return ids;
  }
}
