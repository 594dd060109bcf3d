package io.quittance.webhook.delivery;

import static io.quittance.webhook.delivery.RoundRobinIT.addDeliveries;
import static io.quittance.webhook.delivery.RoundRobinIT.addEndpoint;
import static io.quittance.webhook.delivery.RoundRobinIT.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DueDeliveryPoller.Found;
import io.quittance.webhook.endpoint.Endpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** What waits for endpoints that were found to be disabled a moment ago, on both databases. */
class DeadLettersIT {

  private static final int DELIVERIES = 3;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", Postgres.create().migrated().dataSource()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void goesOnWaitingIfTheEndpointWasEnabledMeanwhile(String name, DataSource database)
      throws Exception {
    var jdbc = new JdbcTemplate(database);
    Destination endpoint = disabled(database);
    jdbc.update("update webhook_endpoints set enabled = true where id = ?", endpoint.endpointId());

    endDeliveries(database, endpoint);

    assertThat(count(jdbc, endpoint, "pending")).isEqualTo(DELIVERIES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void goesOnWaitingWhileTheEndpointIsBeingEnabled(String name, DataSource database)
      throws Exception {
    var jdbc = new JdbcTemplate(database);
    Destination endpoint = disabled(database);

    try (Connection other = database.getConnection();
        PreparedStatement lock =
            other.prepareStatement("select 1 from webhook_endpoints where id = ? for update")) {
      other.setAutoCommit(false);
      lock.setObject(1, endpoint.endpointId());
      lock.execute();
      endDeliveries(database, endpoint);
      assertThat(count(jdbc, endpoint, "pending")).isEqualTo(DELIVERIES);
      other.rollback();
    }

    endDeliveries(database, endpoint);
    assertThat(count(jdbc, endpoint, "dead")).isEqualTo(DELIVERIES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void countsOnceWhatIsGivenUpBecauseTheReceiverFails(String name, DataSource database)
      throws Exception {
    Destination endpoint = disabled(database, "no delivery has succeeded for 120 hours");

    endDeliveries(database, endpoint);
    endDeliveries(database, endpoint);

    assertThat(counted("disabled")).isEqualTo(DELIVERIES);
    assertThat(counted("discarded")).isZero();
    assertThat(counted("dead")).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void countsAsDiscardedWhatNobodyWantsAnyMore(String name, DataSource database) throws Exception {
    Destination gone = disabled(database, "it answered 410 Gone");
    Destination unwanted = disabled(database, Endpoint.BY_THE_MERCHANT);
    Destination deleted = disabled(database, "no delivery has succeeded for 120 hours");
    new JdbcTemplate(database)
        .update(
            "update webhook_endpoints set deleted_at = current_timestamp where id = ?",
            deleted.endpointId());

    endDeliveries(database, gone);
    endDeliveries(database, unwanted);
    endDeliveries(database, deleted);

    assertThat(counted("discarded")).isEqualTo(3 * DELIVERIES);
    assertThat(counted("disabled")).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void countsNothingThatIsNotCommitted(String name, DataSource database) throws Exception {
    Destination endpoint = disabled(database);
    var broken =
        new DataSourceTransactionManager(database) {
          @Override
          protected void doCommit(DefaultTransactionStatus status) {
            doRollback(status);
            throw new TransactionSystemException("the connection is lost");
          }
        };

    assertThatThrownBy(() -> endDeliveries(database, broken, endpoint))
        .isInstanceOf(TransactionSystemException.class);

    assertThat(counted("dead")).isZero();
    assertThat(count(new JdbcTemplate(database), endpoint, "pending")).isEqualTo(DELIVERIES);
  }

  /** For an hour, a payment may still add deliveries to a deleted endpoint. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  @Proves("the clock of the database is ahead")
  void forgetsNoEndpointBecauseTheDatabasesClockIsAhead(String name, DataSource database)
      throws Exception {
    var jdbc = new JdbcTemplate(database);
    Destination endpoint = disabled(database);
    jdbc.update("delete from deliveries where endpoint_id = ?", endpoint.endpointId());
    jdbc.update(
        "update webhook_endpoints set deleted_at = current_timestamp - interval '2' hour where id = ?",
        endpoint.endpointId());
    var transactions = new DataSourceTransactionManager(database);
    var behind = new Clocks(Clock.offset(Clock.systemUTC(), Duration.ofHours(-2)));
    var behindTheDatabase = new Dialect(database, Distribution.NONE, behind);

    new DeadLetters(jdbc, transactions, behindTheDatabase, new DeliveryCounts(meters))
        .forgetDeleted();
    assertThat(endpoints(jdbc, endpoint)).isOne();

    new DeadLetters(jdbc, transactions, new Dialect(database), new DeliveryCounts(meters))
        .forgetDeleted();
    assertThat(endpoints(jdbc, endpoint)).isZero();
  }

  private static int endpoints(JdbcTemplate jdbc, Destination endpoint) {
    return jdbc.queryForObject(
        "select count(*) from webhook_endpoints where id = ?",
        Integer.class,
        endpoint.endpointId());
  }

  private double counted(String result) {
    return meters.get("quittance.webhook.deliveries").tag("result", result).counter().count();
  }

  private void endDeliveries(DataSource database, Destination endpoint) throws Exception {
    endDeliveries(database, new DataSourceTransactionManager(database), endpoint);
  }

  private void endDeliveries(
      DataSource database, PlatformTransactionManager transactions, Destination endpoint)
      throws Exception {
    new DeadLetters(
            new JdbcTemplate(database),
            transactions,
            new Dialect(database),
            new DeliveryCounts(meters))
        .endDeliveries(List.of(new Found(endpoint, false, false, false, true, Instant.EPOCH)));
  }

  private static Destination disabled(DataSource database, String reason) throws Exception {
    Destination endpoint = disabled(database);
    new JdbcTemplate(database)
        .update(
            "update webhook_endpoints set disabled_reason = ? where id = ?",
            reason,
            endpoint.endpointId());
    return endpoint;
  }

  private static Destination disabled(DataSource database) throws Exception {
    var jdbc = new JdbcTemplate(database);
    var endpoint = new Destination(RoundRobinIT.merchant(jdbc), TypeId.next());
    addEndpoint(jdbc, endpoint, 0, false);
    addDeliveries(RoundRobinIT.deliveries(database), endpoint, DELIVERIES);
    return endpoint;
  }
}
