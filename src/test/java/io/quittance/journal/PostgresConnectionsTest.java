package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.database.HostSockets;
import org.junit.jupiter.api.Test;

class PostgresConnectionsTest {

  @Test
  void giveEachHostOfTheUrlItsOwnTime() {
    try (var pool = new HikariDataSource()) {
      pool.setJdbcUrl("jdbc:postgresql://a,b/quittance");

      new PostgresConnections().postProcessBeforeInitialization(pool, "pool");

      assertThat(pool.getDataSourceProperties())
          .containsAllEntriesOf(HostSockets.SETTINGS)
          .doesNotContainKeys("connectTimeout", "loginTimeout");
    }
  }
}
