package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

class MigrationConnectionsTest {

  @Test
  void giveEachHostOfTheUrlItsOwnTime() throws SQLException {
    var database = new DataSourceProperties();
    database.setUrl("jdbc:postgresql://a,b/quittance");

    var migrations = (SimpleDriverDataSource) new DatabaseConfiguration().migrations(database);

    assertThat(migrations.getConnectionProperties())
        .containsAllEntriesOf(HostSockets.SETTINGS)
        .doesNotContainKeys("connectTimeout", "loginTimeout");
  }
}
