package io.quittance.analytics.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Look-ups of payments and their circuit breaker. */
class KnownPaymentsTest {

  private static final int TRIES = 2;
  private static final UUID MERCHANT = new UUID(0, 1);
  private static final List<UUID> PAYMENTS = List.of(new UUID(0, 2));

  private final DataSource database = H2.migrated();
  private final CircuitBreakerRegistry breakers =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom().permittedNumberOfCallsInHalfOpenState(TRIES).build());
  private final CircuitBreaker breaker = breakers.circuitBreaker(KnownPayments.NAME);
  private boolean broken;
  private boolean odd;

  private KnownPayments payments() throws SQLException {
    return new KnownPayments(
        new AnalyticsConnections(new Breakable(database)),
        new Dialect(database),
        new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("quittance.analytics", AnalyticsProperties.class),
        breakers);
  }

  /** Ends what asks for a connection by an error of the JVM while it is broken. */
  private final class Breakable extends DelegatingDataSource {

    Breakable(DataSource database) {
      super(database);
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (broken) {
        throw new NoClassDefFoundError("Driver");
      }
      if (odd) {
        throw new IllegalStateException("it is not the database");
      }
      Connection connection = super.getConnection();
      connection.setAutoCommit(false);
      return connection;
    }
  }

  @Test
  void anErrorInALookUpThatTriesTheDatabaseAgainGivesItsTurnBack() throws SQLException {
    KnownPayments payments = payments();
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
    broken = true;
    for (int i = 0; i < TRIES; i++) {
      assertThatThrownBy(() -> payments.find(MERCHANT, PAYMENTS))
          .isInstanceOf(NoClassDefFoundError.class);
    }
    assertThat(breaker.getState()).isEqualTo(State.OPEN);

    broken = false;
    breaker.transitionToHalfOpenState();

    assertThat(payments.find(MERCHANT, PAYMENTS).payments()).isEmpty();
  }

  @Test
  void whatIsNotTheDatabasesFailureSaysNothingToTheBreaker() throws SQLException {
    KnownPayments payments = payments();
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
    odd = true;
    for (int i = 0; i <= TRIES; i++) {
      assertThatThrownBy(() -> payments.find(MERCHANT, PAYMENTS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("it is not the database");
    }

    assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isZero();
  }
}
