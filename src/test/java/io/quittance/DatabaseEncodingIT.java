package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.ProductionRequirements.UnmetException;
import io.quittance.testing.Postgres;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database keeps every text that it is given, or is refused. */
class DatabaseEncodingIT {

  @Test
  void anyOtherThanUnicodeIsRefusedBeforeItHasATable() {
    Postgres.Database database =
        Postgres.create("encoding 'SQL_ASCII' locale 'C' template template0");

    new ApplicationContextRunner()
        .withPropertyValues(
            "spring.flyway.locations=classpath:db/migration/common",
            "spring.datasource.url=" + database.url(),
            "spring.datasource.username=" + Postgres.Database.USER,
            "spring.datasource.password=" + Postgres.Database.PASSWORD)
        .withConfiguration(
            AutoConfigurations.of(DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class))
        .withUserConfiguration(DatabaseEncoding.class)
        .run(
            context -> {
              Throwable cause = NestedExceptionUtils.getRootCause(context.getStartupFailure());
              assertThat(cause)
                  .isInstanceOfSatisfying(
                      UnmetException.class,
                      unmet ->
                          assertThat(unmet.unmet())
                              .singleElement()
                              .asString()
                              .startsWith("SPRING_DATASOURCE_URL: ")
                              .contains("SQL_ASCII", "UTF8"));
            });

    assertThat(
            JdbcClient.create(database.dataSource())
                .sql("select count(*) from pg_tables where schemaname = 'public'")
                .query(Long.class)
                .single())
        .isZero();
  }
}
