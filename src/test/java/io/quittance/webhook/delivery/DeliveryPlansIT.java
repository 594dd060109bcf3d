package io.quittance.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * PostgreSQL finds deliveries by their key, however many wait: also when its statistics are from a
 * time when nothing waited, as they are when a receiver has just died.
 */
class DeliveryPlansIT {

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final UUID ENDPOINT = UUID.randomUUID();

  private static final String FILL =
      """
      insert into deliveries (id, merchant_id, event_id, endpoint_id, state, attempts,
                              next_attempt_at, created_at)
      select gen_random_uuid(), ?, gen_random_uuid(), ?, ?, 0, now(), now()
        from generate_series(1, 20000)
      """;

  private final Postgres.Database database = Postgres.create();
  private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());

  @BeforeEach
  void letOneEndpointDie() {
    Flyway.configure()
        .dataSource(database.dataSource())
        .locations("db/migration/common", "db/migration/postgresql")
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
    jdbc.update(FILL, MERCHANT, ENDPOINT, "delivered");
    jdbc.execute("vacuum analyze deliveries");
    jdbc.update(FILL, MERCHANT, ENDPOINT, "pending");
  }

  @Test
  void claimsByKey() {
    assertThat(plan(DeliveryQueue.CLAIM.replace("any(?)", "any(cast(? as uuid array))"), ids()))
        .contains("deliveries_key")
        .doesNotContain("deliveries_waiting");
  }

  @Test
  void writesOutcomesByKey() {
    String key = "where merchant_id = ? and id = cast(? as uuid)";
    String sql =
        AttemptRows.UPDATE_DELIVERY.replaceFirst(
            "set state = \\?.*(?s:.*?)where merchant_id = \\? and id = \\?",
            "set attempts = 1 " + key);
    assertThat(plan(sql, UUID.randomUUID().toString()))
        .contains("deliveries_key")
        .doesNotContain("deliveries_waiting");
  }

  @Test
  void looksByKeyWhetherADeliveryIsLocked() {
    String sql = AttemptRows.UPDATE_UNLOCKED;
    String where =
        sql.substring(sql.indexOf("where"))
            .replace("merchant_id = ?", "merchant_id = '%s'".formatted(MERCHANT))
            .replace("id = ?", "id = '%s'".formatted(UUID.randomUUID()));

    assertThat(
            String.join(
                "\n",
                jdbc.queryForList(
                    "explain update deliveries set attempts = 1 " + where, String.class)))
        .contains("LockRows", "deliveries_key")
        .doesNotContain("deliveries_waiting", "Seq Scan");
  }

  private static String ids() {
    return "{" + UUID.randomUUID() + "," + UUID.randomUUID() + "}";
  }

  private String plan(String sql, String ids) {
    return String.join(
        "\n",
        JdbcClient.create(jdbc)
            .sql("explain " + sql)
            .params(MERCHANT, ids)
            .query(String.class)
            .list());
  }
}
