package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** When keys were last used, on both databases, while one of them is locked. */
class LastUseIT {

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", Postgres.create().migrated().dataSource()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void isNotedBesideAKeyThatIsLocked(String name, DataSource database) throws SQLException {
    var jdbc = JdbcClient.create(database);
    UUID merchant = merchant(jdbc);
    UUID locked = key(jdbc, merchant);
    UUID free = key(jdbc, merchant);
    LastUse lastUse = lastUse(database);
    try (Connection holder = database.getConnection()) {
      lock(holder, locked);

      lastUse.note(locked);
      lastUse.note(free);

      await().atMost(Duration.ofSeconds(4)).until(() -> noted(jdbc, free));
      holder.rollback();
    }
    assertThat(noted(jdbc, locked)).isFalse();

    await()
        .atMost(Duration.ofSeconds(4))
        .until(
            () -> {
              lastUse.note(locked);
              return noted(jdbc, locked);
            });
    lastUse.close();
  }

  private static LastUse lastUse(DataSource database) throws SQLException {
    return new LastUse(
        new JdbcTemplate(database),
        new TransactionTemplate(new DataSourceTransactionManager(database)),
        new Dialect(database),
        Clock.systemUTC(),
        new AccessProperties(
            null, new AccessProperties.Keys(10, Duration.ofSeconds(1), 10, Duration.ofSeconds(1))),
        new SimpleMeterRegistry());
  }

  private static void lock(Connection connection, UUID key) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement lock =
        connection.prepareStatement("select 1 from api_keys where id = ? for update")) {
      lock.setObject(1, key);
      lock.execute();
    }
  }

  private static boolean noted(JdbcClient jdbc, UUID key) {
    return jdbc.sql("select last_used_at is not null from api_keys where id = ?")
        .param(key)
        .query(Boolean.class)
        .single();
  }

  private static UUID merchant(JdbcClient jdbc) {
    UUID id = UUID.randomUUID();
    jdbc.sql("insert into merchants (id, name, created_at) values (?, 'a test', current_timestamp)")
        .param(id)
        .update();
    return id;
  }

  private static UUID key(JdbcClient jdbc, UUID merchant) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            insert into api_keys (id, merchant_id, name, secret_hash, scopes, created_at)
            values (?, ?, 'a test', ?, '', current_timestamp)
            """)
        .params(id, merchant, id.toString().getBytes(StandardCharsets.US_ASCII))
        .update();
    return id;
  }
}
