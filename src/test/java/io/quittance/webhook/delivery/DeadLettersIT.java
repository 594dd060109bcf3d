package io.quittance.webhook.delivery;

import static io.quittance.webhook.delivery.RoundRobinIT.addDeliveries;
import static io.quittance.webhook.delivery.RoundRobinIT.addEndpoint;
import static io.quittance.webhook.delivery.RoundRobinIT.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DueDeliveryPoller.Found;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** What waits for endpoints that were found to be disabled a moment ago, on both databases. */
class DeadLettersIT {

  private static final int DELIVERIES = 3;

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

  private static void endDeliveries(DataSource database, Destination endpoint) throws Exception {
    new DeadLetters(
            new JdbcTemplate(database),
            new DataSourceTransactionManager(database),
            new Dialect(database))
        .endDeliveries(List.of(new Found(endpoint, false, false, true, Instant.EPOCH)));
  }

  private static Destination disabled(DataSource database) throws Exception {
    var jdbc = new JdbcTemplate(database);
    var endpoint = new Destination(RoundRobinIT.merchant(jdbc), TypeId.next());
    addEndpoint(jdbc, endpoint, 0, false);
    addDeliveries(RoundRobinIT.queue(database), endpoint, DELIVERIES);
    return endpoint;
  }
}
