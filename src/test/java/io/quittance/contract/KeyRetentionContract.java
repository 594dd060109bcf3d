package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keys are kept for a day, and then forgotten. */
abstract class KeyRetentionContract extends Contract {

  @Autowired private JdbcClient jdbc;

  @Test
  void forgetsAKeyAfterItsTimeAndNotBefore() {
    Call old = merchant.payment(order(1, "alice", "shop")).key("old");
    Call young = merchant.payment(order(1, "alice", "shop")).key("young");
    String first = old.send().is(201).id();
    String kept = young.send().is(201).id();
    age("old", "25");
    age("young", "23");

    await().atMost(Duration.ofSeconds(30)).until(() -> count("old") == 0);

    assertThat(count("young")).isOne();
    assertThat(young.send().is(201).id()).isEqualTo(kept);
    assertThat(old.send().is(201).id()).isNotEqualTo(first);
    moved(3);
  }

  private void age(String key, String hours) {
    jdbc.sql(
            "update idempotency_keys set created_at = current_timestamp - interval '%s' hour where idempotency_key = ?"
                .formatted(hours))
        .param(key)
        .update();
  }

  private long count(String key) {
    return jdbc.sql("select count(*) from idempotency_keys where idempotency_key = ?")
        .param(key)
        .query(Long.class)
        .single();
  }
}
