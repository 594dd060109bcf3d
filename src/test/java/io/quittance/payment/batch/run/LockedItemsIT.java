package io.quittance.payment.batch.run;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Batches whose items a session has locked keep nobody else waiting. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "quittance.operator-key=" + ServiceProcess.OPERATOR_KEY)
@ActiveProfiles("sandbox")
class LockedItemsIT {

  private static final String PATH = "/v1/payment-batches";
  private static final int ITEMS = 1_000;
  private static final int ACCOUNTS = 20;
  private static final int ROUNDS = 8;
  private static final int NEW_BATCHES = 24;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How long a statement waits for a lock that has no limit of its own. */
  private static final String LOCK_LIMIT = "-c lock_timeout=6s";

  /** Less than that. */
  private static final String SOON_MS = "4000";

  /** Longer than a lease lasts. */
  private static final String LATER = "interval '6' second";

  /** Less than the time in which the results of one batch are written. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private static final Duration RENEWED = Duration.ofSeconds(20);

  private static final Postgres.Database SERVER = Postgres.create();
  private final LedgerAudit audit = new LedgerAudit(SERVER);

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    SERVER.provideTo(registry);
    registry.add("spring.datasource.hikari.data-source-properties.options", () -> LOCK_LIMIT);
  }

  @LocalServerPort private int port;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1 from payment_batch_items for update",
        "lock table payment_batch_items in access exclusive mode"
      })
  @Proves("another transaction holds the rows of")
  void keepNoOtherMerchantWaitingAndEndOnceTheLockIsGone(String lock) throws Exception {
    Merchant first = withAccounts();
    Merchant second = withAccounts();
    Merchant third = withAccounts();
    List<String> authorized = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      authorized.add(authorized(third));
    }
    List<Merchant> owners = List.of(first, second, first, second);
    List<String> batches = begun(owners);
    await().atMost(PATIENCE).until(() -> ofProcessing("succeeded_items > 0") == batches.size());

    try (Connection holder = SERVER.locking(lock)) {
      String lockedAt = audit.text("select cast(clock_timestamp() as varchar)");
      for (String payment : authorized) {
        assertThat(operate(third, payment + "/captures").status()).isEqualTo(201);
        assertThat(operate(third, payment + "/refunds").status()).isEqualTo(201);
        assertThat(third.get(uri(), "/v1/payments?limit=1").status()).isEqualTo(200);
        assertThat(third.get(uri(), PATH).status()).isEqualTo(200);
      }
      String kept = "run = 1 and lease_until > timestamptz '%s' + %s".formatted(lockedAt, LATER);
      await().atMost(RENEWED).until(() -> ofProcessing(kept) == batches.size());
      holder.rollback();
    }

    for (int i = 0; i < batches.size(); i++) {
      JsonNode ended = rested(owners.get(i), batches.get(i));
      assertThat(ended.path("status").asText()).isEqualTo("completed");
      assertThat(ended.at("/counts/succeeded").asInt()).isEqualTo(ITEMS);
      assertThat(items(batches.get(i), "succeeded")).isEqualTo(ITEMS);
    }
    audit.passes();
  }

  /** What its run could not write is found out once the lock is gone. */
  @Test
  @Proves("another transaction holds the rows of")
  void keepTheAnswerToABatchNoLongerThanItsDeadline() throws Exception {
    Merchant owner = withAccounts();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Answer> waiting =
          CompletableFuture.supplyAsync(
              () -> large(owner, Map.of("Payment-Deadline-Ms", "5000")), clients);
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(PATIENCE)
          .until(() -> ofProcessing("succeeded_items > 0") == 1);
      String id;
      try (Connection holder = SERVER.locking("select 1 from payment_batch_items for update")) {
        Answer answer = waiting.join();
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().path("status").asText()).isEqualTo("processing");
        id = answer.body().path("id").asText();
        holder.rollback();
      }

      JsonNode counts = rested(owner, id).path("counts");
      assertThat(counts.path("processing").asInt() + counts.path("unknown").asInt()).isZero();
      for (String status : List.of("succeeded", "failed", "not_started")) {
        assertThat(items(id, status)).isEqualTo(counts.path(status).asInt());
      }
      assertThat(
              audit.number(
                  "select count(*) from payments where status = 'succeeded' and batch_id = '%s'"
                      .formatted(TypeId.require("bat", id))))
          .isEqualTo(counts.path("succeeded").asInt());
    }
    audit.passes();
  }

  @Test
  @Proves("another transaction holds the rows of")
  void keepNoConnectionForNewBatchesWhileTheTableIsLocked() throws Exception {
    List<Merchant> owners = List.of(withAccounts(), withAccounts());
    Merchant third = withAccounts();
    String captured = authorized(third) + "/captures";
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Answer>> refused;
      try (Connection holder =
          SERVER.locking("lock table payment_batch_items in access exclusive mode")) {
        refused =
            IntStream.range(0, NEW_BATCHES)
                .mapToObj(
                    i ->
                        CompletableFuture.supplyAsync(
                            () -> small(owners.get(i % owners.size()), i), clients))
                .toList();
        await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(PATIENCE)
            .until(() -> waitingForItems() >= owners.size());

        for (int i = 0; i < ROUNDS; i++) {
          assertThat(operate(third, captured).status()).isEqualTo(201);
          assertThat(third.get(uri(), "/v1/payments?limit=1").status()).isEqualTo(200);
        }
        assertThat(refused)
            .extracting(answer -> answer.join().code())
            .containsOnly("dependency_unavailable");
        holder.rollback();
      }
    }
    assertThat(small(owners.getFirst(), 0).status()).isEqualTo(201);
  }

  /** They wait for the results of their last items, as when their replica was killed. */
  @Test
  @Proves("another transaction holds the rows of")
  void keepNoOtherMerchantsBatchFromBeingEnded() throws Exception {
    List<UUID> locked = new ArrayList<>();
    for (Merchant owner : List.of(withAccounts(), withAccounts())) {
      locked.add(ended(owner, 1));
      locked.add(ended(owner, 2));
    }
    UUID other = ended(withAccounts(), 1);
    String ids = locked.stream().map("'%s'"::formatted).collect(joining(","));

    try (Connection holder =
        SERVER.locking(
            "select 1 from payment_batch_items where batch_id in (%s) for update".formatted(ids))) {
      locked.forEach(this::leave);
      await().atMost(PATIENCE).until(() -> ofProcessing("run > 1") >= 2);
      leave(other);

      await().atMost(SOON).until(() -> processing(other) == 0);
      assertThat(ofProcessing("id in (%s)".formatted(ids))).isEqualTo(locked.size());
      holder.rollback();
    }
    await().atMost(PATIENCE).until(() -> ofProcessing("id in (%s)".formatted(ids)) == 0);
    audit.passes();
  }

  /** A batch with one item, which has ended; its row does not say so yet. */
  private UUID ended(Merchant owner, int key) {
    UUID batch = TypeId.require("bat", small(owner, key).body().path("id").asText());
    update("update payment_batch_items set status = 'processing' where batch_id = ?", batch);
    return batch;
  }

  /** As if its replica had died a minute ago. */
  private void leave(UUID batch) {
    update(
        """
        update payment_batches
           set status = 'processing', completed_at = null, succeeded_items = 0,
               processing_items = 1, lease_until = current_timestamp - interval '1' minute
         where id = ?
        """,
        batch);
  }

  private static void update(String sql, UUID batch) {
    new JdbcTemplate(SERVER.dataSource()).update(sql, batch);
  }

  private long processing(UUID batch) {
    return ofProcessing("id = '%s'".formatted(batch));
  }

  private Answer small(Merchant payer, int key) {
    try {
      return payer.post(
          uri(),
          PATH,
          "small " + key,
          """
          {"payments":[{"amount":1,"currency":"EUR","payer":"a0","payee":"shop","reference":"s%d"}]}
          """
              .formatted(key));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private long waitingForItems() {
    return audit.number(
        "select count(*) from pg_locks where not granted"
            + " and relation = 'payment_batch_items'::regclass");
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private Merchant withAccounts() throws IOException, InterruptedException {
    Merchant owner = Merchant.register(uri());
    owner.openAccounts(uri(), ACCOUNTS, 1_000_000);
    return owner;
  }

  /** The path of a payment that can be captured. */
  private String authorized(Merchant payer) throws IOException, InterruptedException {
    String body =
        Merchant.payment(10, "a0", "shop").replace("}", ",\"capture_method\":\"manual\"}");
    Answer made = payer.post(uri(), "/v1/payments", UUID.randomUUID().toString(), body);
    return "/v1/payments/" + made.body().path("id").asText();
  }

  private Answer operate(Merchant caller, String path) throws IOException, InterruptedException {
    return caller.post(
        uri(), path, "{}", Map.of("Idempotency-Key", path, "Payment-Deadline-Ms", SOON_MS));
  }

  /** The ids of batches that go on in the background; they begin at the same time. */
  private List<String> begun(List<Merchant> payers) {
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      return payers.stream()
          .map(
              payer ->
                  CompletableFuture.supplyAsync(
                      () -> large(payer, Map.of("Prefer", "respond-async")), clients))
          .toList()
          .stream()
          .map(begun -> begun.join().body().path("id").asText())
          .toList();
    }
  }

  private Answer large(Merchant payer, Map<String, String> headers) {
    String key = UUID.randomUUID().toString();
    Map<String, String> all = new HashMap<>(headers);
    all.put("Idempotency-Key", key);
    try {
      return payer.post(uri(), PATH, "{\"payments\":[" + items(key) + "]}", all);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The batch, once it does not go on any more. */
  private JsonNode rested(Merchant owner, String batch) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> owner.get(uri(), PATH + "/" + batch).body(),
            body -> !body.path("status").asText().equals("processing"));
  }

  private static String items(String key) {
    return IntStream.range(0, ITEMS)
        .mapToObj(
            i ->
                """
                {"amount":1,"currency":"EUR","payer":"a%d","payee":"shop","reference":"%s-%d"}
                """
                    .formatted(i % ACCOUNTS, key, i))
        .collect(joining(","));
  }

  private long items(String batch, String status) {
    return audit.number(
        "select count(*) from payment_batch_items where batch_id = '%s' and status = '%s'"
            .formatted(TypeId.require("bat", batch), status));
  }

  private long ofProcessing(String condition) {
    return audit.number(
        "select count(*) from payment_batches where status = 'processing' and " + condition);
  }
}
