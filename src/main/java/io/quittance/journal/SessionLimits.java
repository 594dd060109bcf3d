package io.quittance.journal;

import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.stereotype.Component;

/**
 * Checks at the start, on one connection, that the journal's sessions have the limits that {@link
 * JournalConnections} sets: an option in the URL may override them, and a connection pooler in
 * between may drop them. PostgreSQL only; before version 17 it has no {@code transaction_timeout}.
 */
@Component
final class SessionLimits implements SmartInitializingSingleton {

  /** The driver's own limit: else it waits for ever for a server that is silent. */
  private static final String SOCKET_TIMEOUT = "socketTimeout";

  private static final String LIMITS =
      """
      select name, cast(setting as bigint) as ms from pg_settings
       where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout',
                      'transaction_timeout')
      """;

  private final DataSource dataSource;
  private final Dialect dialect;
  private final JournalProperties properties;

  SessionLimits(
      @Qualifier(JournalConnections.NAME) DataSource dataSource,
      Dialect dialect,
      JournalProperties properties) {
    this.dataSource = dataSource;
    this.dialect = dialect;
    this.properties = properties;
  }

  /**
   * @throws InvalidConfigurationPropertyValueException a limit is missing, or longer than
   *     configured
   */
  @Override
  public void afterSingletonsInstantiated() {
    if (!dialect.postgres()) {
      return;
    }
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rs = statement.executeQuery(LIMITS)) {
      while (rs.next()) {
        check(rs.getString("name"), rs.getLong("ms"));
      }
      connection.rollback();
      check(SOCKET_TIMEOUT, connection.getNetworkTimeout());
    } catch (SQLException e) {
      throw new IllegalStateException("the limits of the journal's sessions cannot be read", e);
    }
  }

  private void check(String name, long ms) {
    long limitMs =
        switch (name) {
          case "lock_timeout" -> properties.lockLimit().toMillis();
          case "transaction_timeout" ->
              JournalConnections.longestTransaction(properties).toMillis();
          case SOCKET_TIMEOUT -> JournalConnections.socketTimeout(properties).toMillis();
          default -> properties.transactionLimit().toMillis();
        };
    if (ms == 0 || ms > limitMs) {
      throw new InvalidConfigurationPropertyValueException(
          "spring.datasource.url",
          "%s = %d ms".formatted(name, ms),
          "The journal needs sessions whose %s is %d ms or less, and not 0: take the option out of"
                  .formatted(name, limitMs)
              + " the URL, and see that a connection pooler on the way passes options on.");
    }
  }
}
