package io.quittance.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Dialect;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** What is written down of attempts while rows are locked. */
class AttemptWriterIT {

  /** Of one merchant, and twice as many as one transaction writes. */
  private static final int MORE_THAN_ARE_PUT_OFF = 700;

  private static final int DELIVERIES = 40;
  private static final int LOCKED = 20;
  private static final int MANY = 200;

  /** A tenth of a second for each that is locked would be more. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private final Postgres.Database database = Postgres.create().migrated();
  private final DataSource source = database.dataSource();
  private final JdbcTemplate jdbc = new JdbcTemplate(source);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AttemptWriter attempts = attempts();

  private AttemptWriter attempts() {
    try {
      var transactions = new DataSourceTransactionManager(source);
      var dialect = new Dialect(source);
      WebhookProperties properties = RoundRobinIT.properties();
      return new AttemptWriter(
          jdbc,
          transactions,
          dialect,
          new EndpointHealth(jdbc, dialect, properties),
          new DeadEndpoints(
              jdbc,
              transactions,
              dialect,
              null,
              new NewDeliveries(jdbc, dialect),
              null,
              new ObjectMapper(),
              Clock.systemUTC()),
          new DeliveryCounts(meters),
          meters);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    attempts.close();
  }

  @Test
  @Proves("a delivery's row is locked")
  void aDeliveryThatIsLockedKeepsNoOtherFromBeingDelivered() throws Exception {
    UUID merchant = TypeId.next();
    UUID endpoint = TypeId.next();
    List<UUID> events = Stream.generate(TypeId::next).limit(DELIVERIES).toList();
    RoundRobinIT.deliveries(source).add(merchant, endpoint, events);
    List<UUID> deliveries = jdbc.queryForList("select id from deliveries order by id", UUID.class);
    UUID locked = deliveries.get(LOCKED);

    try (Connection lock =
        database.locking("select 1 from deliveries where id = ? for update", locked)) {
      for (UUID delivery : deliveries) {
        attempts.record(delivered(delivery, merchant, endpoint));
      }

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(delivered()).isEqualTo(DELIVERIES - 1));
      assertThat(state(locked)).isEqualTo("pending");
      lock.rollback();
    }
    assertThat(
            meters.get("quittance.webhook.deliveries").tag("result", "delivered").counter().count())
        .isEqualTo(DELIVERIES - 1);
    assertThat(jdbc.queryForObject("select count(*) from delivery_attempts", Integer.class))
        .isEqualTo(DELIVERIES - 1);
  }

  @Test
  @Proves("a delivery's row is locked")
  void manyDeliveriesThatAreLockedKeepNoOtherWaitingAndAreDeliveredOnceTheyAreFree()
      throws Exception {
    UUID unlucky = TypeId.next();
    UUID other = TypeId.next();
    List<UUID> locked = add(unlucky, MANY);
    List<UUID> free = add(other, DELIVERIES);

    try (Connection lock =
        database.locking("select 1 from deliveries where merchant_id = ? for update", unlucky)) {
      for (UUID delivery : locked) {
        attempts.record(delivered(delivery, unlucky, TypeId.next()));
      }
      for (UUID delivery : free) {
        attempts.record(delivered(delivery, other, TypeId.next()));
      }

      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(delivered()).isEqualTo(DELIVERIES));
      lock.rollback();
    }
    awaitAllDelivered(MANY + DELIVERIES);
  }

  @Test
  @Proves("`deliveries` is locked")
  void whatCannotBeWrittenWhileTheTableIsLockedIsWrittenOnceItIsFree() throws Exception {
    UUID merchant = TypeId.next();
    List<UUID> deliveries = add(merchant, MORE_THAN_ARE_PUT_OFF);

    try (Connection lock = database.locking("lock table deliveries in access exclusive mode");
        Statement statement = lock.createStatement()) {
      for (UUID delivery : deliveries) {
        attempts.record(delivered(delivery, merchant, TypeId.next()));
      }
      // As long as several statements wait for a lock.
      statement.execute("select pg_sleep(1)");
      lock.rollback();
    }
    awaitAllDelivered(MORE_THAN_ARE_PUT_OFF);
  }

  @Test
  void whatIsNotSentForItsEndpointWasDeletedIsDiscardedAndNotDead() throws Exception {
    UUID merchant = TypeId.next();
    List<UUID> deliveries = add(merchant, 2);

    attempts.record(notSent(deliveries.getFirst(), merchant, DeadLetters.DELETED));
    attempts.record(notSent(deliveries.getLast(), merchant, "the event was deleted"));

    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(counted("discarded") + counted("dead")).isEqualTo(2));
    assertThat(counted("discarded")).isEqualTo(1);
  }

  /** Two senders had it, because the first one took longer than its claim lasts. */
  @Test
  void countsADeliveryOnceThatTwoHaveSent() throws Exception {
    UUID merchant = TypeId.next();
    UUID delivery = add(merchant, 1).getFirst();
    UUID another = add(merchant, 1).getFirst();

    attempts.record(delivered(delivery, merchant, TypeId.next()));
    awaitAllDelivered(1);
    attempts.record(delivered(delivery, merchant, TypeId.next()));
    attempts.record(delivered(another, merchant, TypeId.next()));

    Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(delivered()).isEqualTo(2));
    assertThat(counted("delivered")).isEqualTo(2);
  }

  private static Attempt notSent(UUID delivery, UUID merchant, String why) {
    return Attempt.none(
        delivered(delivery, merchant, TypeId.next()).delivery(), Instant.now(), why);
  }

  private double counted(String result) {
    return meters.get("quittance.webhook.deliveries").tag("result", result).counter().count();
  }

  private void awaitAllDelivered(int deliveries) {
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(delivered()).isEqualTo(deliveries));
    assertThat(jdbc.queryForObject("select count(*) from delivery_attempts", Integer.class))
        .isEqualTo(deliveries);
    assertThat(
            meters.get("quittance.webhook.deliveries").tag("result", "delivered").counter().count())
        .isEqualTo(deliveries);
  }

  private double putOff() {
    return meters
        .get("quittance.pool.queue.depth")
        .tag("pool", "delivery-outcomes-again")
        .gauge()
        .value();
  }

  private List<UUID> add(UUID merchant, int deliveries) throws SQLException {
    return RoundRobinIT.deliveries(source)
        .add(merchant, TypeId.next(), Stream.generate(TypeId::next).limit(deliveries).toList());
  }

  private static Attempt delivered(UUID delivery, UUID merchant, UUID endpoint) {
    return new Attempt(
        new Claimed(
            delivery,
            merchant,
            delivery,
            endpoint,
            0,
            false,
            Instant.EPOCH,
            Deadline.after(Duration.ofMinutes(1))),
        Instant.now(),
        Duration.ofMillis(3),
        204,
        null,
        null,
        null,
        null,
        "https://example.com/");
  }

  private int delivered() {
    return jdbc.queryForObject(
        "select count(*) from deliveries where state = 'delivered'", Integer.class);
  }

  private String state(UUID delivery) {
    return jdbc.queryForObject("select state from deliveries where id = ?", String.class, delivery);
  }
}
