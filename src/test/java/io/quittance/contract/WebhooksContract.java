package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static io.quittance.testing.EventReceiver.Manner.ACCEPT;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_302;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_410;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_500;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_503;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Attempt;
import io.quittance.testing.EventReceiver.Manners;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/**
 * Webhook endpoints and what is delivered to them. Time passes by moving the deliveries' own times
 * back in the database, which is the only clock that they go by.
 */
abstract class WebhooksContract extends Contract {

  /** Citus adds no interval to a column of the row itself. */
  private static final String SAME_DELIVERY =
      " from deliveries d where d.merchant_id = deliveries.merchant_id and d.id = deliveries.id";

  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String EVENTS = "select count(*) from events where id = ?";
  private static final String SEALED_BY_ANOTHER_KEY =
      "select count(*) from webhook_endpoints where id = ? and previous_secret_key_id = 'another'";

  private final EventReceiver receiver = new EventReceiver();

  @Autowired private JdbcClient jdbc;
  @Autowired private ScheduledTaskHolder jobs;
  @Autowired private MeterRegistry registry;

  @AfterEach
  void stopReceiving() {
    receiver.close();
  }

  @Test
  void showTheirSecretOnce() {
    Answer created = create(receiver.open("/once", before -> ACCEPT), "*").is(201);

    assertThat(created.id()).matches("whe_[0-9a-hjkmnp-tv-z]{26}");
    assertThat(created.text("/secret")).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(created.body().path("enabled").asBoolean()).isTrue();
    assertThat(Json.texts(created.body().path("events"))).containsExactly("*");
    assertThat(created.text("/created_at")).matches(TIME);
    Answer found = merchant.get(path(created)).is(200);
    assertThat(found.text()).doesNotContain("whsec_", "\"secret\"");
    assertThat(merchant.get("/v1/webhook-endpoints").is(200).text())
        .contains(created.id())
        .doesNotContain("whsec_", "\"secret\"");
  }

  @Test
  void keepTheirSecretsSealed() {
    Answer created = create(receiver.open("/sealed", before -> ACCEPT), "*").is(201);
    byte[] secret = Base64.getDecoder().decode(created.text("/secret").substring(6));

    byte[] kept =
        jdbc.sql("select secret from webhook_endpoints where id = ?")
            .param(key("whe", created))
            .query(byte[].class)
            .single();

    assertThat(kept).hasSize(12 + 32 + 16);
    assertThat(hex(kept)).doesNotContain(hex(secret));
    assertThat(
            jdbc.sql("select secret_key_id from webhook_endpoints where id = ?")
                .param(key("whe", created))
                .query(String.class)
                .single())
        .matches("[0-9a-f]{12}");
  }

  @Test
  void receiveEventsThatAnyoneCanVerify() throws Exception {
    Answer endpoint = create(receiver.open("/signed", before -> ACCEPT), "*").is(201);

    String id = merchant.pay(250, "alice", "shop").is(201).id();

    Attempt attempt = first("/signed");
    new Webhook(endpoint.text("/secret")).verify(attempt.body(), headers(attempt));
    assertThat(attempt.webhookId()).isEqualTo(attempt.eventId());
    assertThat(attempt.event()).isEqualTo(merchant.get("/v1/events/" + attempt.eventId()).body());
    assertThat(attempt.event().path("type").asText()).isEqualTo("payment.succeeded");
    assertThat(attempt.event().at("/data/id").asText()).isEqualTo(id);
    assertThat(attempt.event().path("sequence").asInt()).isEqualTo(1);
    assertThatThrownBy(
            () ->
                new Webhook(endpoint.text("/secret"))
                    .verify(attempt.body().replace("250", "251"), headers(attempt)))
        .isInstanceOf(WebhookVerificationException.class);
    JsonNode delivery = delivered(endpoint).getFirst();
    assertThat(delivery.path("event_id").asText()).isEqualTo(attempt.eventId());
    assertThat(delivery.at("/attempts/0/status").asInt()).isEqualTo(204);
  }

  /** The payment waits for an account until its merchant has been disabled. */
  @Test
  @Proves("the operator has disabled")
  void receiveTheEventsOfAMerchantThatIsDisabledMeanwhile() {
    create(receiver.open("/disabled", before -> ACCEPT), "*").is(201);
    String id = merchant.merchantId();
    Call payment = merchant.payment(order(250, "alice", "shop")).deadline(30_000);
    var paid = new AtomicReference<CompletableFuture<Answer>>();

    whileHolding(
        "select 1 from accounts where merchant_id = '%s' and id = 'alice' for update"
            .formatted(TypeId.require("mch", id)),
        () -> {
          paid.set(CompletableFuture.supplyAsync(payment::send));
          await().until(() -> busyAccounts() > 0);
          operator.patch("/v1/merchants/" + id, object("enabled", false)).is(200);
          merchant.get("/v1/accounts").isProblem(403, "merchant_disabled");
        });

    Answer answer = paid.get().join().is(201);
    Attempt attempt = first("/disabled");
    assertThat(attempt.event().path("type").asText()).isEqualTo("payment.succeeded");
    assertThat(attempt.event().at("/data/id").asText()).isEqualTo(answer.id());
    operator.patch("/v1/merchants/" + id, object("enabled", true)).is(200);
  }

  /** In all lanes. */
  private double busyAccounts() {
    return registry.get("quittance.journal.busy.accounts").gauges().stream()
        .mapToDouble(Gauge::value)
        .sum();
  }

  @Test
  void areSignedWithBothSecretsWhileOneIsReplaced() throws Exception {
    Answer endpoint = create(receiver.open("/rotated", before -> ACCEPT), "*").is(201);
    Answer rotated =
        merchant.post(path(endpoint) + "/rotate-secret", object("overlap_seconds", 600)).is(200);

    merchant.pay(1, "alice", "shop").is(201);

    Attempt during = first("/rotated");
    assertThat(during.header("webhook-signature").split(" ")).hasSize(2);
    new Webhook(endpoint.text("/secret")).verify(during.body(), headers(during));
    new Webhook(rotated.text("/secret")).verify(during.body(), headers(during));

    Answer again =
        merchant.post(path(endpoint) + "/rotate-secret", object("overlap_seconds", 0)).is(200);
    merchant.pay(1, "alice", "shop").is(201);
    Attempt after = attempts("/rotated", 2).get(1);
    new Webhook(again.text("/secret")).verify(after.body(), headers(after));
    assertThatThrownBy(
            () -> new Webhook(rotated.text("/secret")).verify(after.body(), headers(after)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void areSignedWithEverySecretWhoseOverlapRuns() throws Exception {
    Answer endpoint = create(receiver.open("/twice", before -> ACCEPT), "*").is(201);
    List<String> secrets = new ArrayList<>(List.of(endpoint.text("/secret")));
    for (int i = 0; i < 3; i++) {
      secrets.add(
          merchant
              .post(path(endpoint) + "/rotate-secret", object("overlap_seconds", 600))
              .is(200)
              .text("/secret"));
    }

    merchant.pay(1, "alice", "shop").is(201);

    Attempt attempt = first("/twice");
    assertThat(attempt.header("webhook-signature").split(" ")).hasSize(4);
    for (String secret : secrets) {
      new Webhook(secret).verify(attempt.body(), headers(attempt));
    }
  }

  @Test
  void haveTenSecretsThatSignAtMost() {
    Answer endpoint = create(receiver.open("/often", before -> ACCEPT), "*").is(201);
    for (int i = 0; i < 9; i++) {
      merchant.post(path(endpoint) + "/rotate-secret", object()).is(200);
    }

    merchant.post(path(endpoint) + "/rotate-secret", object()).isProblem(409, "invalid_state");
    merchant.post(path(endpoint) + "/rotate-secret", object("overlap_seconds", 0)).is(200);
  }

  @Test
  void areMadeAtOnceWhileThereIsRoom() {
    String url = receiver.open("/at-once", before -> ACCEPT);

    Burst.of(6, i -> create(url, "*").is(201));

    assertThat(merchant.get("/v1/webhook-endpoints").body().path("data")).hasSize(6);
  }

  /** What waits for a closed endpoint is neither taken nor written, and others are served. */
  @Test
  void arePassedOverWhileTheyAreClosed() {
    Answer closed = create(receiver.open("/closed", before -> ACCEPT), "*").is(201);
    create(receiver.open("/open", before -> ACCEPT), "*").is(201);
    closedFor(closed, Duration.ofHours(1));
    for (int i = 0; i < 3; i++) {
      merchant.pay(1, "alice", "shop").is(201);
    }
    List<JsonNode> waiting = deliveries(closed);

    merchant.pay(1, "alice", "shop").is(201);
    merchant.pay(1, "alice", "shop").is(201);

    attempts("/open", 5);
    assertThat(receiver.attempts("/closed")).isEmpty();
    assertThat(deliveries(closed)).hasSize(5).containsAll(waiting);
    patch(closed, object("enabled", true)).is(200);
    attempts("/closed", 5);
    delivered(closed);
  }

  @Test
  void areTriedWithTheEventThatHasWaitedLongestOnceTheyWereClosed() {
    Answer endpoint = create(receiver.open("/half-open", before -> ACCEPT), "*").is(201);
    closedFor(endpoint, Duration.ofHours(1));
    for (int i = 0; i < 3; i++) {
      merchant.pay(1, "alice", "shop").is(201);
    }
    JsonNode oldest = deliveries(endpoint).getLast();
    // It has been tried before, and so the others were due before it.
    jdbc.sql("update deliveries set attempts = 1, next_attempt_at = current_timestamp where id = ?")
        .param(TypeId.require("dlv", oldest.path("id").asText()))
        .update();

    closedFor(endpoint, Duration.ofSeconds(-1));

    assertThat(attempts("/half-open", 3).getFirst().webhookId())
        .isEqualTo(oldest.path("event_id").asText());
    delivered(endpoint);
  }

  @Test
  void waitForNoHalfOpenEndpointWhoseRowIsLocked() {
    Client other = newMerchant();
    Answer locked = create(receiver.open("/locked", before -> ACCEPT), "*").is(201);
    Answer beside = create(receiver.open("/beside", before -> ACCEPT), "*").is(201);
    other
        .post(
            "/v1/webhook-endpoints",
            object("url", receiver.open("/others", before -> ACCEPT), "events", array("*")))
        .is(201);
    closedFor(locked, Duration.ofHours(1));
    merchant.pay(1, "alice", "shop").is(201);
    attempts("/beside", 1);

    closedFor(locked, Duration.ofSeconds(3));
    whileItsRowIsLocked(
        locked,
        () -> {
          await().atMost(SOON).until(() -> halfOpen(locked));
          merchant.pay(1, "alice", "shop").is(201);
          other.pay(1, "alice", "shop").is(201);
          attempts("/beside", 2);
          attempts("/others", 1);
          delivered(beside);
          assertThat(receiver.attempts("/locked")).isEmpty();
        });

    attempts("/locked", 2);
    delivered(locked);
  }

  @Test
  @Proves("a delivery's row is locked")
  void haveTheirAttemptsRecordedWhileTheirRowIsLocked() {
    Answer endpoint = create(receiver.open("/fails", before -> ANSWER_500), "*").is(201);

    whileItsRowIsLocked(
        endpoint,
        () -> {
          merchant.pay(1, "alice", "shop").is(201);
          afterAttempt(endpoint, 1);
        });

    letTimePass(endpoint, Duration.ofMinutes(1));
    afterAttempt(endpoint, 2);
    assertThat(merchant.get(path(endpoint)).text("/failing_since")).matches(TIME);
  }

  @Test
  void forgetTheirFailuresThoughTheirRowIsLockedAsTheySucceed() {
    Client other = newMerchant();
    Manners moody = before -> before == 0 ? ANSWER_500 : ACCEPT;
    Answer endpoint = create(receiver.open("/moody", moody), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    afterAttempt(endpoint, 1);
    assertThat(merchant.get(path(endpoint)).text("/failing_since")).matches(TIME);

    whileItsRowIsLocked(
        endpoint,
        () -> {
          letTimePass(endpoint, Duration.ofMinutes(1));
          delivered(endpoint);
        });

    other
        .post(
            "/v1/webhook-endpoints",
            object("url", receiver.open("/others", before -> ACCEPT), "events", array("*")))
        .is(201);
    other.pay(1, "alice", "shop").is(201);
    await()
        .atMost(SOON)
        .until(() -> merchant.get(path(endpoint)).body().path("failing_since").isNull());
  }

  @Test
  void leaveOldEventsToBeForgottenWhileADeletedOnesRowIsLocked() {
    Answer deleted = create(receiver.open("/deleted", before -> ANSWER_500), "*").is(201);
    UUID id = key("whe", deleted);
    merchant.pay(1, "alice", "shop").is(201);
    afterAttempt(deleted, 1);
    jdbc.sql(
            "update deliveries set next_attempt_at = current_timestamp + interval '1' hour"
                + " where endpoint_id = ?")
        .param(id)
        .update();
    merchant.delete(path(deleted)).is(204);
    jdbc.sql(
            "update webhook_endpoints set deleted_at = current_timestamp - interval '2' hour"
                + " where id = ?")
        .param(id)
        .update();

    whileItsRowIsLocked(
        deleted,
        () -> {
          jdbc.sql("update deliveries set state = 'dead' where endpoint_id = ?").param(id).update();
          UUID event = addEventOfLongAgo();
          await().atMost(SOON).until(() -> count(EVENTS, event) == 0);
        });

    await()
        .atMost(SOON)
        .until(() -> count("select count(*) from webhook_endpoints where id = ?", id) == 0);
  }

  @Test
  void areSealedAnewBesideOneWhoseRowIsLocked() {
    Answer locked = withASecretOfAnotherKey("/locked");
    Answer other = withASecretOfAnotherKey("/other");

    whileItsRowIsLocked(
        locked,
        () -> {
          reseal();
          assertThat(count(SEALED_BY_ANOTHER_KEY, key("whe", other))).isZero();
          assertThat(count(SEALED_BY_ANOTHER_KEY, key("whe", locked))).isEqualTo(1);
        });

    reseal();
    assertThat(count(SEALED_BY_ANOTHER_KEY, key("whe", locked))).isZero();
  }

  /** It signs no more, and so is forgotten when the endpoint's secrets are sealed anew. */
  private Answer withASecretOfAnotherKey(String path) {
    Answer endpoint = create(receiver.open(path, before -> ACCEPT), "*").is(201);
    merchant.post(path(endpoint) + "/rotate-secret", object("overlap_seconds", 600)).is(200);
    jdbc.sql(
            "update webhook_endpoints set previous_secret_key_id = 'another',"
                + " previous_secret_until = created_at where id = ?")
        .param(key("whe", endpoint))
        .update();
    return endpoint;
  }

  private void reseal() {
    jobs.getScheduledTasks().stream()
        .filter(task -> task.toString().endsWith("Resealing.reseal"))
        .forEach(task -> task.getTask().getRunnable().run());
  }

  @Test
  void areClosedForAllReplicasWhenNothingSucceeds() {
    Answer endpoint = create(receiver.open("/asks", before -> ANSWER_503), "*").is(201);

    merchant.pay(1, "alice", "shop").is(201);

    afterAttempt(endpoint, 1);
    assertThat(
            jdbc.sql(
                    "select count(*) from webhook_endpoints where id = ?"
                        + " and closed_until > current_timestamp + interval '50' minute")
                .param(key("whe", endpoint))
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void areSentNoMoreOfWhatWaitsOnceTheyAreDisabled() {
    Answer endpoint = create(receiver.open("/disabled", before -> ANSWER_500), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    afterAttempt(endpoint, 1);

    patch(endpoint, object("enabled", false)).is(200);
    letTimePass(endpoint, Duration.ofMinutes(1));

    JsonNode delivery = afterAttempt(endpoint, 2);
    assertThat(delivery.path("state").asText()).isEqualTo("dead");
    assertThat(delivery.at("/attempts/1/error").asText()).isEqualTo("the endpoint is disabled");
    assertThat(receiver.attempts("/disabled")).hasSize(1);
  }

  @Test
  void leaveNothingBehindThatWaits() {
    Answer endpoint = create(receiver.open("/deleted", before -> ANSWER_500), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    afterAttempt(endpoint, 1);

    merchant.delete(path(endpoint)).is(204);
    letTimePass(endpoint, Duration.ofMinutes(1));

    await().atMost(SOON).until(() -> pending(endpoint) == 0);
    assertThat(
            jdbc.sql("select secret from webhook_endpoints where id = ?")
                .param(key("whe", endpoint))
                .query(byte[].class)
                .single())
        .isEmpty();
  }

  @Test
  void missWhatIsDeletedBeforeItIsSent() {
    Answer endpoint = create(receiver.open("/late", before -> ACCEPT), "*").is(201);
    closedFor(endpoint, Duration.ofHours(1));
    merchant.pay(1, "alice", "shop").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    String event = deliveries(endpoint).getFirst().path("event_id").asText();
    jdbc.sql("delete from events where id = ?").param(TypeId.require("evt", event)).update();

    closedFor(endpoint, Duration.ofSeconds(-1));

    await().atMost(SOON).until(() -> pending(endpoint) == 0);
    JsonNode delivery = deliveries(endpoint).getFirst();
    assertThat(delivery.path("state").asText()).isEqualTo("dead");
    assertThat(delivery.path("event_type").isNull()).isTrue();
    assertThat(delivery.at("/attempts/0/error").asText()).isEqualTo("the event was deleted");
    assertThat(merchant.get(path(endpoint)).body().path("failing_since").isNull()).isTrue();
    merchant.get("/v1/events/" + event).isProblem(404, "not_found");
    merchant.post("/v1/events/" + event + "/redeliver", object()).isProblem(404, "not_found");
  }

  @Test
  void forgetDeliveriesAndEventsAfterTheirRetention() {
    Answer endpoint = create(receiver.open("/old", before -> ACCEPT), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    List<JsonNode> both = delivered(endpoint);
    UUID old = TypeId.require("dlv", both.getLast().path("id").asText());
    UUID event = addEventOfLongAgo();

    jdbc.sql(
            "update deliveries set created_at = (select d.created_at - 31 * interval '1' day"
                + SAME_DELIVERY
                + ") where id = ?")
        .param(old)
        .update();

    await().atMost(SOON).until(() -> deliveries(endpoint).size() == 1);
    assertThat(deliveries(endpoint).getFirst().path("id")).isEqualTo(both.getFirst().path("id"));
    assertThat(count("select count(*) from delivery_attempts where delivery_id = ?", old)).isZero();
    await().atMost(SOON).until(() -> count(EVENTS, event) == 0);
    assertThat(merchant.get("/v1/events").body().path("data")).hasSize(2);
  }

  @Test
  void takeOnlyWhatTheyAskedFor() {
    create(receiver.open("/declined", before -> ACCEPT), "payment.declined").is(201);
    create(receiver.open("/all", before -> ACCEPT), "*").is(201);

    merchant.pay(1, "alice", "shop").is(201);
    merchant.pay(FUNDS + 1, "alice", "shop").is(402);

    attempts("/all", 2);
    assertThat(attempts("/declined", 1))
        .extracting(a -> a.event().path("type").asText())
        .containsExactly("payment.declined");
  }

  @Test
  @Proves("a receiver of events is down")
  void areTriedAgainOnScheduleAndThenNoMore() {
    Answer endpoint = create(receiver.open("/dead", before -> ANSWER_500), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    List<Duration> pauses =
        List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    for (int made = 1; made <= pauses.size(); made++) {
      JsonNode delivery = afterAttempt(endpoint, made);
      assertThat(delivery.path("state").asText()).isEqualTo("pending");
      Duration pause = pauses.get(made - 1);
      Instant end = lastAttempt(delivery);
      assertThat(Instant.parse(delivery.path("next_attempt_at").asText()))
          .isBetween(
              end.plus(pause).minusMillis(50),
              end.plus(pause).plus(pause.dividedBy(10)).plusSeconds(5));
      letTimePass(endpoint, pause.plus(pause.dividedBy(10)).plusSeconds(1));
    }

    JsonNode delivery = afterAttempt(endpoint, 10);
    assertThat(delivery.path("state").asText()).isEqualTo("dead");
    assertThat(delivery.path("next_attempt_at").isNull()).isTrue();
    assertThat(delivery.path("attempts")).hasSize(10);
    assertThat(merchant.get(path(endpoint) + "/deliveries?state=dead").body().path("data"))
        .hasSize(1);
    assertThat(merchant.get(path(endpoint) + "/deliveries?state=delivered").body().path("data"))
        .isEmpty();
    assertThat(receiver.attempts("/dead"))
        .extracting(Attempt::webhookId)
        .containsOnly(delivery.path("event_id").asText());
  }

  @Test
  void failWithARedirectAndDoNotFollowIt() {
    receiver.open("/elsewhere", before -> ACCEPT);
    Answer endpoint = create(receiver.open("/moved", before -> ANSWER_302), "*").is(201);

    merchant.pay(1, "alice", "shop").is(201);

    JsonNode delivery = afterAttempt(endpoint, 1);
    assertThat(delivery.path("state").asText()).isEqualTo("pending");
    assertThat(delivery.at("/attempts/0/status").asInt()).isEqualTo(302);
    assertThat(receiver.attempts("/elsewhere")).isEmpty();
  }

  @Test
  void areLeftAloneAsLongAsTheyAsk() {
    Answer endpoint = create(receiver.open("/busy", before -> ANSWER_503), "*").is(201);

    merchant.pay(1, "alice", "shop").is(201);

    JsonNode delivery = afterAttempt(endpoint, 1);
    assertThat(Instant.parse(delivery.path("next_attempt_at").asText()))
        .isAfterOrEqualTo(lastAttempt(delivery).plusSeconds(3600).minusMillis(50));
  }

  @Test
  void areDisabledWhenTheyAreGone() {
    Answer gone = create(receiver.open("/gone", before -> ANSWER_410), "payment.succeeded").is(201);
    create(receiver.open("/told", before -> ACCEPT), "webhook.endpoint_disabled").is(201);

    merchant.pay(1, "alice", "shop").is(201);

    Attempt told = first("/told");
    assertThat(told.event().path("type").asText()).isEqualTo("webhook.endpoint_disabled");
    assertThat(told.event().at("/data/id").asText()).isEqualTo(gone.id());
    Answer found = merchant.get(path(gone)).is(200);
    assertThat(found.body().path("enabled").asBoolean()).isFalse();
    assertThat(found.text("/disabled_reason")).contains("410");
    merchant.pay(1, "alice", "shop").is(201);
    assertThat(deliveries(gone)).hasSize(1);
    merchant.post(path(gone) + "/test", object()).isProblem(409, "invalid_state");
  }

  @Test
  void areDisabledAfterFiveDaysOfNothingButFailure() {
    Answer endpoint = create(receiver.open("/failing", before -> ANSWER_500), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    afterAttempt(endpoint, 1);
    assertThat(merchant.get(path(endpoint)).text("/failing_since")).matches(TIME);

    failingFor(endpoint, Duration.ofDays(5).minusHours(1));
    letTimePass(endpoint, Duration.ofHours(1));
    afterAttempt(endpoint, 2);
    assertThat(merchant.get(path(endpoint)).body().path("enabled").asBoolean()).isTrue();

    failingFor(endpoint, Duration.ofHours(2));
    letTimePass(endpoint, Duration.ofHours(1));
    afterAttempt(endpoint, 3);
    await()
        .atMost(SOON)
        .until(() -> !merchant.get(path(endpoint)).body().path("enabled").asBoolean());

    JsonNode enabled = patch(endpoint, object("enabled", true)).is(200).body();
    assertThat(enabled.path("enabled").asBoolean()).isTrue();
    assertThat(enabled.path("failing_since").isNull()).isTrue();
    assertThat(enabled.path("disabled_reason").isNull()).isTrue();
  }

  @Test
  void forgetTheirFailuresWithTheNextSuccess() {
    Manners moody = before -> before == 0 ? ANSWER_500 : ACCEPT;
    Answer endpoint = create(receiver.open("/moody", moody), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    afterAttempt(endpoint, 1);

    letTimePass(endpoint, Duration.ofMinutes(1));

    JsonNode delivery = delivered(endpoint).getFirst();
    assertThat(delivery.path("attempt_count").asInt()).isEqualTo(2);
    assertThat(merchant.get(path(endpoint)).body().path("failing_since").isNull()).isTrue();
    assertThat(receiver.attempts("/moody"))
        .extracting(Attempt::webhookId)
        .hasSize(2)
        .containsOnly(delivery.path("event_id").asText());
  }

  @Test
  void canBeTriedOut() throws Exception {
    Answer endpoint = create(receiver.open("/test", before -> ACCEPT), "payment.failed").is(201);

    Answer delivery = merchant.post(path(endpoint) + "/test", object()).is(202);

    Attempt attempt = first("/test");
    assertThat(delivery.id()).startsWith("dlv_");
    assertThat(attempt.eventId()).isEqualTo(delivery.text("/event_id"));
    assertThat(attempt.event().path("type").asText()).isEqualTo("webhook.test");
    new Webhook(endpoint.text("/secret")).verify(attempt.body(), headers(attempt));
  }

  @Test
  void tellOfTheEndOfABatch() {
    create(receiver.open("/batches", before -> ACCEPT), "payment_batch.ended").is(201);
    var payments = array(order(1, "alice", "shop").put("reference", "one"));

    Answer batch =
        merchant
            .call("POST", "/v1/payment-batches")
            .randomKey()
            .body(object("payments", payments))
            .send()
            .is(201);

    JsonNode event = first("/batches").event();
    assertThat(event.path("type").asText()).isEqualTo("payment_batch.ended");
    assertThat(event.at("/data/id").asText()).isEqualTo(batch.id());
    assertThat(event.at("/data/status").asText()).isEqualTo("completed");
    assertThat(event.at("/data/counts/succeeded").asInt()).isEqualTo(1);
  }

  /** What is added with its event is told from what is asked for again by the database's times. */
  @Test
  void areMeasuredFromTheirEvents() {
    Timer latency = registry.get("quittance.deliveries.latency").timer();
    long before = latency.count();
    create(receiver.open("/measured", earlier -> ACCEPT), "*").is(201);

    merchant.pay(1, "alice", "shop").is(201);

    await().atMost(SOON).until(() -> latency.count() > before);
  }

  @Test
  void areSentAnEventOnceMore() {
    Answer endpoint = create(receiver.open("/again", before -> ACCEPT), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    String event = first("/again").eventId();

    Answer answer = merchant.post("/v1/events/" + event + "/redeliver", object()).is(202);

    assertThat(answer.body().path("data")).hasSize(1);
    assertThat(attempts("/again", 2)).extracting(Attempt::webhookId).containsOnly(event);
    assertThat(delivered(endpoint)).hasSize(2);
    merchant.delete(path(endpoint)).is(204);
    merchant.post("/v1/events/" + event + "/redeliver", object()).isProblem(409, "invalid_state");
  }

  @Test
  @Proves("a receiver of events is down")
  void areSentWhatTheyMissed() {
    String path = "/missed";
    Answer endpoint = create(receiver.open(path, before -> ACCEPT), "payment.succeeded").is(201);
    String before = jdbcNow();
    merchant.pay(1, "alice", "shop").is(201);
    attempts(path, 1);
    patch(endpoint, object("enabled", false)).is(200);
    merchant.pay(2, "alice", "shop").is(201);
    merchant.pay(3, "alice", "shop").is(201);
    merchant.pay(FUNDS + 1, "alice", "shop").is(402);
    merchant
        .post(path(endpoint) + "/recover", object("since", before))
        .isProblem(409, "invalid_state");
    patch(endpoint, object("enabled", true)).is(200);

    Answer recovering = merchant.post(path(endpoint) + "/recover", object("since", before)).is(202);

    assertThat(recovering.text("/recovery/until")).matches(TIME);
    assertThat(attempts(path, 3))
        .extracting(a -> a.event().at("/data/amount").asInt())
        .containsExactlyInAnyOrder(1, 2, 3);
    await().atMost(SOON).until(() -> merchant.get(path(endpoint)).body().path("recovery").isNull());
    assertThat(delivered(endpoint)).hasSize(3);
  }

  /** What was delivered before that is not known any more, and would be sent again. */
  @Test
  @Proves("a receiver of events is down")
  void areSentNothingFromBeforeTheRetentionOfDeliveries() {
    Answer endpoint = create(receiver.open("/recovers", before -> ACCEPT), "*").is(201);
    JsonNode old = object("since", Instant.now().minus(Duration.ofDays(31)).toString());
    merchant.post(path(endpoint) + "/recover", old).is(202); // it is younger
    jdbc.sql(
            "update webhook_endpoints set created_at = (select w.created_at"
                + " - 31 * interval '1' day from webhook_endpoints w"
                + " where w.merchant_id = webhook_endpoints.merchant_id"
                + " and w.id = webhook_endpoints.id) where id = ?")
        .param(key("whe", endpoint))
        .update();

    Answer refused = merchant.post(path(endpoint) + "/recover", old);

    refused.isProblem(400, "invalid_request");
    assertThat(refused.text("/errors/0/param")).isEqualTo("since");
    assertThat(refused.text("/errors/0/code")).isEqualTo("out_of_range");
    String detail = refused.text("/errors/0/detail");
    Instant earliest = Instant.parse(detail.replaceFirst(".*must be (\\S+) or later.*", "$1"));
    assertThat(earliest)
        .isBetween(
            Instant.now().minus(Duration.ofDays(30)),
            Instant.now().minus(Duration.ofDays(30)).plus(Duration.ofMinutes(6)));
    merchant.post(path(endpoint) + "/recover", object("since", earliest.toString())).is(202);
  }

  @Test
  void areAllSentAnEventOnceMore() {
    Answer first = create(receiver.open("/one", before -> ACCEPT), "*").is(201);
    Answer second = create(receiver.open("/two", before -> ACCEPT), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    String event = first("/one").eventId();
    first("/two");
    delivered(first);
    delivered(second);

    Answer answer = merchant.post("/v1/events/" + event + "/redeliver", object()).is(202);

    assertThat(answer.body().path("data")).hasSize(2);
    assertThat(attempts("/one", 2)).extracting(Attempt::webhookId).containsOnly(event);
    assertThat(attempts("/two", 2)).extracting(Attempt::webhookId).containsOnly(event);
  }

  @Test
  void areChangedPieceByPiece() {
    Answer endpoint = create(receiver.open("/old", before -> ACCEPT), "*").is(201);
    String url = receiver.open("/changed", before -> ACCEPT);

    Answer changed =
        patch(
                endpoint,
                object("url", url, "description", "orders", "events", array("payment.succeeded")))
            .is(200);

    assertThat(changed.text("/url")).isEqualTo(url);
    assertThat(changed.text("/description")).isEqualTo("orders");
    assertThat(Json.texts(changed.body().path("events"))).containsExactly("payment.succeeded");
    Answer kept = patch(endpoint, object("description", "")).is(200);
    assertThat(kept.body().path("description").isNull()).isTrue();
    assertThat(kept.text("/url")).isEqualTo(url);
    merchant.pay(1, "alice", "shop").is(201);
    first("/changed");
    assertThat(receiver.attempts("/old")).isEmpty();
  }

  @Test
  void areAtMostSixteen() {
    String url = receiver.open("/many", before -> ACCEPT);
    Answer first = create(url, "*").is(201);
    for (int i = 1; i < 16; i++) {
      create(url, "*").is(201);
    }

    create(url, "*").isProblem(409, "invalid_state");

    merchant.delete(path(first)).is(204);
    merchant.get(path(first)).isProblem(404, "not_found");
    create(url, "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    attempts("/many", 16);
  }

  /** Their rows are kept for an hour, and looked at with those of all merchants meanwhile. */
  @Test
  void cannotBeMadeAndDeletedWithoutEnd() {
    String url = receiver.open("/made-and-deleted", before -> ACCEPT);
    for (int i = 0; i < 256; i++) {
      merchant.delete(path(create(url, "*").is(201))).is(204);
    }

    Answer refused = create(url, "*").isProblem(409, "invalid_state");
    assertThat(refused.text("/detail")).contains("256 endpoints were deleted");
  }

  /** What breaks a batch is found by bisection, and would show only in the time that it takes. */
  @Test
  void areToldOfAllPaymentsOfABurstInOneBatch() {
    String url = receiver.open("/burst", before -> ACCEPT);
    for (int i = 0; i < 16; i++) {
      create(url, "*").is(201);
    }
    double before = halved();

    Burst.of(40, i -> merchant.pay(1, "alice", "shop").is(201));

    assertThat(halved()).isEqualTo(before);
    attempts("/burst", 40 * 16);
  }

  private double halved() {
    return registry.get("quittance.journal.halved").counter().count();
  }

  @Test
  void areNobodyElsesBusiness() {
    Answer endpoint = create(receiver.open("/mine", before -> ACCEPT), "*").is(201);
    merchant.pay(1, "alice", "shop").is(201);
    String event = first("/mine").eventId();
    Client other = newMerchant();

    other.get(path(endpoint)).isProblem(404, "not_found");
    other
        .call("PATCH", path(endpoint))
        .body(object("enabled", false))
        .send()
        .isProblem(404, "not_found");
    other.delete(path(endpoint)).isProblem(404, "not_found");
    other.post(path(endpoint) + "/rotate-secret", object()).isProblem(404, "not_found");
    other.post(path(endpoint) + "/test", object()).isProblem(404, "not_found");
    other.get(path(endpoint) + "/deliveries").isProblem(404, "not_found");
    other
        .post(path(endpoint) + "/recover", object("since", "2020-01-01T00:00:00Z"))
        .isProblem(404, "not_found");
    other.post("/v1/events/" + event + "/redeliver", object()).isProblem(404, "not_found");
    assertThat(other.get("/v1/webhook-endpoints").is(200).body().path("data")).isEmpty();
    Client reader = limitedTo(merchant, "webhooks:read");
    reader.get(path(endpoint)).is(200);
    reader.delete(path(endpoint)).isProblem(403, "insufficient_scope");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"events\":[\"*\"]}",
        "{\"url\":\"https://example.com/\",\"events\":[]}",
        "{\"url\":\"https://example.com/\"}",
        "{\"url\":\"https://example.com/\",\"events\":[\"payment.vanished\"]}",
        "{\"url\":\"https://example.com/\",\"events\":[null]}",
        "{\"url\":\"https://user:secret@example.com/\",\"events\":[\"*\"]}",
        "{\"url\":\"ftp://example.com/\",\"events\":[\"*\"]}",
        "{\"url\":\"https://shop.1a/hook\",\"events\":[\"*\"]}",
        "{\"url\":\"https://10.0.0.1/\",\"events\":[\"*\"]}",
        "{\"url\":\"https://169.254.169.254/latest/meta-data\",\"events\":[\"*\"]}",
        "{\"url\":\"not a url\",\"events\":[\"*\"]}"
      })
  void areNotMadeFromNonsense(String body) {
    merchant
        .call("POST", "/v1/webhook-endpoints")
        .body(body)
        .send()
        .isProblem(400, "invalid_request");
    assertThat(merchant.get("/v1/webhook-endpoints").body().path("data")).isEmpty();
  }

  private Answer create(String url, Object... events) {
    return merchant.post("/v1/webhook-endpoints", object("url", url, "events", array(events)));
  }

  private Answer patch(Answer endpoint, JsonNode change) {
    return merchant.call("PATCH", path(endpoint)).body(change).send();
  }

  private static String path(Answer endpoint) {
    return "/v1/webhook-endpoints/" + endpoint.id();
  }

  private static UUID key(String prefix, Answer object) {
    return TypeId.require(prefix, object.id());
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private static HttpHeaders headers(Attempt attempt) {
    return HttpHeaders.of(attempt.headers(), (name, value) -> true);
  }

  private Attempt first(String path) {
    return attempts(path, 1).getFirst();
  }

  private List<Attempt> attempts(String path, int count) {
    await().atMost(SOON).until(() -> receiver.attempts(path).size() >= count);
    assertThat(receiver.attempts(path)).hasSize(count);
    return receiver.attempts(path);
  }

  private List<JsonNode> deliveries(Answer endpoint) {
    var rows = new ArrayList<JsonNode>();
    merchant.get(path(endpoint) + "/deliveries").is(200).body().path("data").forEach(rows::add);
    return rows;
  }

  private List<JsonNode> delivered(Answer endpoint) {
    await()
        .atMost(SOON)
        .until(
            () ->
                deliveries(endpoint).stream()
                    .allMatch(delivery -> delivery.path("state").asText().equals("delivered")));
    return deliveries(endpoint);
  }

  /** The endpoint's only delivery once so many attempts are on record. */
  private JsonNode afterAttempt(Answer endpoint, int attempts) {
    await()
        .atMost(SOON)
        .until(() -> deliveries(endpoint).getFirst().path("attempt_count").asInt() == attempts);
    return deliveries(endpoint).getFirst();
  }

  private static Instant lastAttempt(JsonNode delivery) {
    JsonNode last = delivery.path("attempts").get(delivery.path("attempts").size() - 1);
    return Instant.parse(last.path("started_at").asText())
        .plusMillis(last.path("duration_ms").asInt());
  }

  private void letTimePass(Answer endpoint, Duration time) {
    jdbc.sql(
            "update deliveries set next_attempt_at = (select d.next_attempt_at"
                + " - cast(? as bigint) * interval '1' second"
                + SAME_DELIVERY
                + ") where endpoint_id = ?")
        .params(time.toSeconds(), key("whe", endpoint))
        .update();
  }

  /** As another replica would close it. */
  private void closedFor(Answer endpoint, Duration time) {
    jdbc.sql(
            "update webhook_endpoints set closed_until = current_timestamp + cast(? as bigint)"
                + " * interval '1' second where id = ?")
        .params(time.toSeconds(), key("whe", endpoint))
        .update();
  }

  private boolean halfOpen(Answer endpoint) {
    return count(
            "select count(*) from webhook_endpoints where id = ?"
                + " and closed_until <= current_timestamp",
            key("whe", endpoint))
        == 1;
  }

  /** As a replica locks it that hangs in a transaction. */
  private void whileItsRowIsLocked(Answer endpoint, Runnable test) {
    UUID id = key("whe", endpoint);
    UUID merchantId =
        jdbc.sql("select merchant_id from webhook_endpoints where id = ?")
            .param(id)
            .query(UUID.class)
            .single();
    whileHolding(
        "select 1 from webhook_endpoints where merchant_id = '%s' and id = '%s' for update"
            .formatted(merchantId, id),
        test);
  }

  private UUID addEventOfLongAgo() {
    UUID event = TypeId.first(Instant.now().minus(Duration.ofDays(401)));
    String recent = merchant.get("/v1/events").is(200).body().at("/data/0/id").asText();
    jdbc.sql(
            "insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)"
                + " select merchant_id, cast(? as uuid), null, 1, 'webhook.test',"
                + " created_at - 401 * interval '1' day, '{}' from events where id = ?")
        .params(event, TypeId.require("evt", recent))
        .update();
    return event;
  }

  private int pending(Answer endpoint) {
    return count(
        "select count(*) from deliveries where endpoint_id = ? and state = 'pending'",
        key("whe", endpoint));
  }

  private int count(String sql, UUID id) {
    return jdbc.sql(sql).param(id).query(Integer.class).single();
  }

  private void failingFor(Answer endpoint, Duration time) {
    jdbc.sql(
            "update webhook_endpoints set failing_since = (select w.failing_since"
                + " - cast(? as bigint) * interval '1' second from webhook_endpoints w"
                + " where w.merchant_id = webhook_endpoints.merchant_id"
                + " and w.id = webhook_endpoints.id) where id = ?")
        .params(time.toSeconds(), key("whe", endpoint))
        .update();
  }

  private String jdbcNow() {
    return jdbc.sql("select current_timestamp")
        .query(java.time.OffsetDateTime.class)
        .single()
        .toInstant()
        .truncatedTo(ChronoUnit.MILLIS)
        .toString();
  }
}
