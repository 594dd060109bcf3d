package io.quittance.payment.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two replicas on one database, one of which dies in the middle of a batch. */
@Tag("side-by-side")
class BatchCrashIT {

  private static final String PATH = "/v1/payment-batches";
  private static final int BACKGROUND = 10_000;
  private static final int WAITED_FOR = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Postgres.Database database;
  private static ServiceProcess survivor;
  private static ExecutorService clients;

  private ServiceProcess victim;
  private Merchant merchant;

  @BeforeAll
  static void start() {
    database = Postgres.create();
    survivor = ServiceProcess.start(database);
    clients = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterAll
  static void stop() {
    clients.close();
    survivor.close();
    new LedgerAudit(database).passes();
  }

  @BeforeEach
  void openForBusiness() throws IOException, InterruptedException {
    victim = ServiceProcess.start(database);
    merchant = Merchant.register(survivor);
    merchant.openAccounts(survivor.uri(), 20, 1_000_000);
  }

  @AfterEach
  void bury() {
    victim.close();
  }

  /** The id of a batch that the victim carries out in the background. */
  private String batchUnderWay() throws IOException, InterruptedException {
    Answer accepted =
        merchant.post(
            victim.uri(),
            PATH,
            batch(BACKGROUND),
            Map.of("Idempotency-Key", "k", "Prefer", "respond-async"));
    assertThat(accepted.status()).isEqualTo(202);
    String id = accepted.body().path("id").asText();
    Awaitility.await().atMost(PATIENCE).until(() -> count(get(id), "succeeded") > 300);
    return id;
  }

  @Test
  @Proves("the replica of a batch is killed")
  void anotherReplicaGoesOnInTheBackground() throws Exception {
    String id = batchUnderWay();

    victim.kill();

    int atTheCrash = count(get(id), "succeeded");
    assertThat(atTheCrash).isLessThan(BACKGROUND);
    JsonNode done = Awaitility.await().atMost(PATIENCE).until(() -> get(id), batch -> rests(batch));
    assertThat(done.path("status").asText()).isEqualTo("completed");
    assertThat(count(done, "succeeded")).isEqualTo(BACKGROUND);
    assertThat(paid()).isEqualTo(BACKGROUND);
    assertThat(endings(id)).isEqualTo(1);
    assertThat(successesOf(id)).isEqualTo(BACKGROUND);
  }

  /** It holds locks and believes in its lease when it wakes up, and the batch is at its end. */
  @Test
  @Proves("another transaction holds a batch's row")
  void anotherReplicaGoesOnWhileOneIsFrozen() throws Exception {
    String id = batchUnderWay();

    victim.freeze();
    assertThat(count(get(id), "succeeded")).isLessThan(BACKGROUND);
    JsonNode done = Awaitility.await().atMost(PATIENCE).until(() -> get(id), batch -> rests(batch));
    victim.thaw();
    Awaitility.await().atMost(PATIENCE).until(victim::ready);
    // Its own runs and commands, if it has any left, come to nothing.
    Awaitility.await()
        .during(Duration.ofSeconds(3))
        .atMost(PATIENCE)
        .until(() -> get(id).path("counts").equals(done.path("counts")));

    assertThat(count(done, "succeeded") + count(done, "failed")).isEqualTo(BACKGROUND);
    assertThat(count(done, "succeeded")).isGreaterThan(BACKGROUND / 2).isEqualTo((int) paid());
    assertThat(successesOf(id)).isEqualTo(count(done, "succeeded"));
    assertThat(endings(id)).isEqualTo(1);
  }

  @Test
  @Proves("the replica of a batch is killed")
  void whatWasUnderWayFailsOnlyIfItSurelyDidNotComeAboutAndTheRestCanBeResumed() throws Exception {
    String body = batch(WAITED_FOR);
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return merchant.post(victim.uri(), PATH, "k", body);
              } catch (IOException e) {
                return null;
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            clients);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(PATIENCE)
        .until(() -> paid() > 100);

    victim.kill();
    waiting.join();

    String id = merchant.get(survivor.uri(), PATH).body().at("/data/0/id").asText();
    JsonNode rest = Awaitility.await().atMost(PATIENCE).until(() -> get(id), batch -> rests(batch));
    assertThat(count(rest, "succeeded")).isEqualTo((int) paid()).isLessThan(WAITED_FOR);
    assertThat(count(rest, "not_started")).isPositive();
    for (JsonNode item : rest.path("items")) {
      assertThat(item.path("status").asText()).isIn("succeeded", "failed", "not_started");
    }
    Answer replay = merchant.post(survivor.uri(), PATH, "k", body);
    assertThat(replay.status()).isEqualTo(201);
    assertThat(replay.body().path("counts")).isEqualTo(rest.path("counts"));

    Answer resumed = merchant.post(survivor.uri(), PATH + "/" + id + "/resume", "r", "{}");

    assertThat(resumed.status()).isEqualTo(200);
    assertThat(count(resumed.body(), "not_started")).isZero();
    assertThat(count(resumed.body(), "failed")).isEqualTo(count(rest, "failed"));
    assertThat(count(resumed.body(), "succeeded")).isEqualTo((int) paid());
    assertThat(endings(id)).isEqualTo(2);
  }

  @Test
  void aBatchIsMadeOnceUnderItsKeyWhateverReplicaIsAsked() throws Exception {
    String body = batch(200);

    List<Answer> answers =
        all(
            IntStream.range(0, 6)
                .mapToObj(
                    i ->
                        (Callable<Answer>)
                            () ->
                                merchant.post(
                                    i % 2 == 0 ? survivor.uri() : victim.uri(), PATH, "k", body))
                .toList());

    assertThat(answers).extracting(Answer::status).contains(201).isSubsetOf(201, 409);
    Set<String> ids =
        answers.stream()
            .filter(answer -> answer.status() == 201)
            .map(answer -> answer.body().path("id").asText())
            .collect(Collectors.toSet());
    assertThat(ids).hasSize(1);
    assertThat(paid()).isEqualTo(200);
  }

  /** Both replicas lock all of the accounts, in the opposite order. */
  @Test
  void oppositeAtomicBatchesOnTwoReplicasBothPass() throws Exception {
    List<Answer> answers =
        all(
            IntStream.range(0, 8)
                .mapToObj(
                    n ->
                        (Callable<Answer>)
                            () ->
                                merchant.post(
                                    n % 2 == 0 ? survivor.uri() : victim.uri(),
                                    PATH,
                                    "k" + n,
                                    opposite(n)))
                .toList());

    assertThat(answers).extracting(Answer::status).containsOnly(201);
    for (int i = 0; i < 20; i++) {
      assertThat(posted("a" + i)).isEqualTo(1_000_000);
    }
  }

  private static String opposite(int n) {
    return "{\"mode\":\"atomic\",\"payments\":[%s]}"
        .formatted(
            IntStream.range(0, 19)
                .mapToObj(
                    i ->
                        n % 2 == 0
                            ? item(1, "a" + i, "a" + (i + 1), n + "-" + i)
                            : item(1, "a" + (19 - i), "a" + (18 - i), n + "-" + i))
                .collect(Collectors.joining(",")));
  }

  private static String batch(int items) {
    return "{\"payments\":[%s]}"
        .formatted(
            IntStream.range(0, items)
                .mapToObj(i -> item(1, "a" + i % 20, "shop", "r" + i))
                .collect(Collectors.joining(",")));
  }

  private static String item(long amount, String payer, String payee, String reference) {
    return "{\"amount\":%d,\"currency\":\"EUR\",\"payer\":\"%s\",\"payee\":\"%s\",\"reference\":\"%s\"}"
        .formatted(amount, payer, payee, reference);
  }

  /** The batch, whose counts sum to their total at every moment. */
  private JsonNode get(String id) throws IOException, InterruptedException {
    JsonNode batch = merchant.get(survivor.uri(), PATH + "/" + id).body();
    int sum = 0;
    for (Map.Entry<String, JsonNode> count : batch.path("counts").properties()) {
      sum += count.getKey().equals("total") ? 0 : count.getValue().asInt();
    }
    assertThat(sum).isEqualTo(count(batch, "total"));
    return batch;
  }

  private static int count(JsonNode batch, String what) {
    return batch.path("counts").path(what).asInt();
  }

  private static boolean rests(JsonNode batch) {
    return !batch.path("status").asText().equals("processing");
  }

  private long paid() throws IOException, InterruptedException {
    return posted("shop");
  }

  private long posted(String account) throws IOException, InterruptedException {
    return merchant
        .get(survivor.uri(), "/v1/accounts/" + account)
        .body()
        .at("/balances/posted")
        .asLong();
  }

  private long endings(String id) throws IOException, InterruptedException {
    long found = 0;
    for (JsonNode event :
        merchant
            .get(survivor.uri(), "/v1/events?type=payment_batch.ended&limit=100")
            .body()
            .path("data")) {
      found += event.at("/data/id").asText().equals(id) ? 1 : 0;
    }
    return found;
  }

  /** Different payments that items of the batch name as succeeded. */
  private int successesOf(String id) throws IOException, InterruptedException {
    var payments = new HashSet<String>();
    String next = "";
    do {
      JsonNode page =
          merchant
              .get(survivor.uri(), PATH + "/" + id + "/items?status=succeeded&limit=100" + next)
              .body();
      page.path("data").forEach(item -> payments.add(item.path("payment_id").asText()));
      next =
          page.path("has_more").asBoolean() ? "&cursor=" + page.path("next_cursor").asText() : "";
    } while (!next.isEmpty());
    return payments.size();
  }

  private static <T> List<T> all(List<Callable<T>> calls)
      throws InterruptedException, ExecutionException {
    var answers = new java.util.ArrayList<T>();
    for (Future<T> answer : clients.invokeAll(calls)) {
      answers.add(answer.get());
    }
    return answers;
  }
}
