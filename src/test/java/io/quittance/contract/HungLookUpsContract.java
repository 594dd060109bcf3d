package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;

/** Payments cannot be looked up, because their table is locked: events are counted all the same. */
abstract class HungLookUpsContract extends Contract {

  private static final int BODIES = 20;

  @Value("${spring.datasource.url}")
  private String url;

  private String id;

  @Test
  void keepNoEventsFromBeingCountedAndAreCaughtUp() throws SQLException {
    id = merchant.merchantId();
    String payment = merchant.pay(250, "alice", "shop").is(201).id();
    try (Connection connection =
            DriverManager.getConnection(url, Postgres.Database.USER, Postgres.Database.PASSWORD);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table payments in access exclusive mode");
      for (int i = 0; i < BODIES; i++) {
        send("e" + i, payment).is(200);
      }
      assertThat(total(statement, "accepted")).isEqualTo(BODIES);
      assertThat(total(statement, "enrichment_pending")).isEqualTo(BODIES);
      connection.rollback();
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              Answer integrity = merchant.get("/v1/analytics/integrity").is(200);
              assertThat(integrity.number("/enrichment/done")).isEqualTo(BODIES);
              assertThat(integrity.number("/enrichment/pending")).isZero();
            });
    moved(250);
  }

  /** As the database has it: routes that read payments hang, too. */
  private long total(Statement statement, String column) throws SQLException {
    String sql = "select sum(%s) from analytics_totals where merchant_id = '%s'";
    UUID merchantId = TypeId.require("mch", id);
    try (ResultSet rs = statement.executeQuery(sql.formatted(column, merchantId))) {
      rs.next();
      return rs.getLong(1);
    }
  }

  private Answer send(String event, String payment) {
    return merchant
        .call("POST", "/v1/analytics/events")
        .body(
            "[{\"id\":\"%s\",\"type\":\"paid\",\"data\":{\"payment_id\":\"%s\"}}]"
                .formatted(event, payment))
        .send();
  }
}
