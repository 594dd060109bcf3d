package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** An answer is true, and stays so, also when the database does not let everything be read. */
@Tag("side-by-side")
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.payment.resolve-interval=1h"
    })
@ActiveProfiles("sandbox")
@Import(TruthIT.UnwritableAnswers.class)
class TruthIT extends Contract {

  private static final String UNWRITABLE = "unwritable";

  /** Answers with a certain word cannot be written. */
  @RestControllerAdvice
  static final class UnwritableAnswers implements ResponseBodyAdvice<Object> {

    @Override
    public boolean supports(
        MethodParameter result, Class<? extends HttpMessageConverter<?>> converter) {
      return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
        @Nullable Object body,
        MethodParameter result,
        MediaType type,
        Class<? extends HttpMessageConverter<?>> converter,
        ServerHttpRequest request,
        ServerHttpResponse response) {
      if (String.valueOf(body).contains(UNWRITABLE)) {
        throw new IllegalStateException("an answer cannot be written");
      }
      return body;
    }
  }

  private static final Postgres.Database DATABASE = Postgres.create();

  private static final int HELD_UP_DEADLINE_MS = 300;

  /** By the deadline and 750 ms, and what a busy machine takes. */
  private static final Duration HELD_UP_ANSWER_WITHIN =
      Duration.ofMillis(HELD_UP_DEADLINE_MS + 750 + 2_000);

  /** The deadline, 500 ms, and what a busy machine takes. */
  private static final Duration NONE_WITHIN = Duration.ofMillis(100 + 500 + 2_000);

  private final JdbcClient jdbc = JdbcClient.create(DATABASE.dataSource());

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    DATABASE.provideTo(registry);
  }

  @AfterAll
  static void auditTheBooks() {
    new LedgerAudit(DATABASE).passes();
  }

  /** Nobody else reads or writes the table until this is closed. */
  private static Connection lock(String table) throws SQLException {
    return holding("lock table " + table + " in access exclusive mode");
  }

  private static Connection holding(String locks) throws SQLException {
    Connection connection = DATABASE.dataSource().getConnection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(locks);
    }
    return connection;
  }

  @Test
  @Proves("a key cannot be looked up")
  void doesNotSayThatNothingMovedWhenARepetitionCannotBeRead() throws SQLException {
    String held = merchant.authorize(10, "alice", "shop");
    Call capture = merchant.operation(held, "captures");
    Call payment = merchant.payment(order(5, "alice", "shop"));
    Call transfer = merchant.transfer(move(1, "alice", "shop"));
    String captured = capture.send().is(201).id();
    String paid = payment.send().is(201).id();
    String transferred = transfer.send().is(201).id();

    for (String table :
        List.of("payments", "transfers", "captures", "idempotency_keys", "api_keys")) {
      try (var _ = lock(table)) {
        List<Call> repetitions = List.of(capture, payment, transfer);
        for (Answer answer : Burst.of(repetitions.size(), i -> repetitions.get(i).send())) {
          if (answer.status() >= 300) {
            assertThat(answer.text("/outcome")).as(answer.toString()).isEqualTo("unknown");
            assertThat(Instant.parse(answer.text("/resolves_by"))).isAfter(Instant.now());
          }
        }
      }
    }

    assertThat(capture.send().is(201).id()).isEqualTo(captured);
    assertThat(payment.send().is(201).id()).isEqualTo(paid);
    assertThat(transfer.send().is(201).id()).isEqualTo(transferred);
    moved(16);
  }

  /**
   * The repetition is in one batch with a payment whose writes take until after its own deadline,
   * so the journal cannot tell it in time that the key is taken. It must not be told of a payment
   * that never will be.
   */
  @Test
  @Proves("the database cannot say in time")
  void repeatsThePaymentOfAKeyWhoseBatchIsSlow() {
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(1_900);
    String paid = payment.send().is(201).id();
    Duration ownTimeAndGrace = Duration.ofMillis(1_900 + 400);
    Call slow = merchant.payment(order(666, "alice", "shop")).deadline(10_000);
    Call slowToo = merchant.payment(order(666, "alice", "shop")).deadline(10_000);
    jdbc.sql(
            """
            create function dawdle() returns trigger language plpgsql as
              $$ begin perform pg_sleep(1.5); return new; end $$;
            create trigger dawdle before insert on payments
              for each row when (new.amount = 666) execute function dawdle()
            """)
        .update();
    try {
      List<Answer> answers =
          Burst.of(
              3,
              i ->
                  switch (i) {
                    case 0 -> slow.send();
                    case 1 -> onceItDawdles(slowToo);
                    default -> onceItDawdles(payment);
                  });

      answers.subList(0, 2).forEach(answer -> answer.is(201));
      Answer repeated = answers.get(2).is(201);
      assertThat(repeated.id()).isEqualTo(paid);
      assertThat(repeated.header("Idempotent-Replayed")).contains("true");
      assertThat(repeated.took()).as("its own time and the grace").isGreaterThan(ownTimeAndGrace);
      moved(5 + 2 * 666);
    } finally {
      jdbc.sql("drop trigger dawdle on payments; drop function dawdle").update();
    }
  }

  /**
   * The transaction takes longer than its caller waits, in two statements of which each may take
   * that long. If it is committed, any replica carries out what it has begun.
   */
  @Test
  void settlesABatchOfUnknownFateOnlyWhenItsRunIsOver() {
    Call call =
        merchant
            .call("POST", "/v1/payment-batches")
            .randomKey()
            .header("Prefer", "respond-async")
            .body(object("payments", array(order(5, "alice", "shop").put("reference", "one"))));
    jdbc.sql(
            """
            create function dawdle() returns trigger language plpgsql as
              $$ begin perform pg_sleep(1.7); return new; end $$;
            create trigger dawdle before insert on idempotency_keys
              for each row when (new.operation = 'POST /v1/payment-batches')
              execute function dawdle();
            create trigger dawdle before update on payment_batches
              for each row when (old.status = 'preparing') execute function dawdle()
            """)
        .update();
    try {
      Instant sent = Instant.now();
      Answer answer = call.send().isProblem(504, "deadline_exceeded");

      assertThat(answer.text("/outcome")).isEqualTo("unknown");
      assertThat(Instant.parse(answer.text("/resolves_by"))).isAfter(sent.plusSeconds(600));
      assertThat(unknown("createPaymentBatch")).isEqualTo(1);
    } finally {
      jdbc.sql(
              """
              drop trigger dawdle on idempotency_keys;
              drop trigger dawdle on payment_batches;
              drop function dawdle
              """)
          .update();
    }
  }

  @Test
  void saysThatNothingMovedWhenTheRulesForAnAtomicBatchCannotBeRead() {
    Call call =
        merchant
            .call("POST", "/v1/payment-batches")
            .randomKey()
            .body(
                object(
                    "mode",
                    "atomic",
                    "payments",
                    array(order(5, "alice", "shop").put("reference", "one"))));
    jdbc.sql("alter table fraud_rule_sets rename to gone").update();
    try {
      Answer answer = call.send().isProblem(503, "dependency_unavailable").movedNothing();
      assertThat(answer.text("/dependency")).isEqualTo("ledger");
    } finally {
      jdbc.sql("alter table gone rename to fraud_rule_sets").update();
    }
    call.send().is(201);
    moved(5);
  }

  /**
   * The key was free when it was looked up. Then another replica carried the same refund out, while
   * this one waited for an account until it gave up.
   */
  @Test
  void repeatsWhatAnotherReplicaDidBeforeItSaysThatNothingHappened() throws Exception {
    String paid = merchant.payment(order(5, "alice", "shop")).send().is(201).id();
    Call there = merchant.operation(paid, "refunds", "amount", 1).key("there");
    String refund = there.send().is(201).id();

    Answer here;
    try (var _ = holding("select 1 from accounts where id = 'shop' for update")) {
      var call = merchant.operation(paid, "refunds", "amount", 1).key("here").deadline(1_500);
      CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(call::send);
      Awaitility.await()
          .until(
              () ->
                  jdbc.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                          .query(Integer.class)
                          .single()
                      > 0);
      jdbc.sql(
              """
              insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint,
                object_id, refusal, detail, runs_until, created_at)
              select merchant_id, operation, 'here', fingerprint,
                object_id, refusal, detail, runs_until, created_at
                from idempotency_keys where idempotency_key = 'there'
              """)
          .update();
      here = answer.join();
    }

    assertThat(here.is(201).id()).isEqualTo(refund);
    assertThat(here.header("Idempotent-Replayed")).contains("true");
    moved(4);
  }

  @Test
  @Proves("an operation's deadline passes")
  void countsACaptureThatWaitedForALockedAccountAsLate() throws SQLException {
    String held = merchant.authorize(5, "alice", "shop");
    double before = missed("capturePayment");

    try (var _ = holding("select 1 from accounts where id = 'shop' for update")) {
      Call capture = merchant.operation(held, "captures").deadline(HELD_UP_DEADLINE_MS);
      capture.send().isProblem(504, "deadline_exceeded").movedNothing();
    }

    assertThat(missed("capturePayment")).isEqualTo(before + 1);
    held(5);
  }

  @Test
  @Proves("the database cannot say in time")
  void saysOfAPaymentWhoseCommitIsHeldUpThatItsOutcomeIsUnknown() throws SQLException {
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(HELD_UP_DEADLINE_MS);
    double before = unknown("createPayment");

    Answer open = sentWhileCommitsWait(payment, "payments", "return null");

    assertUnknown(open);
    assertThat(unknown("createPayment")).isEqualTo(before + 1);
    assertThat(merchant.find(open.id()).text("/status")).isEqualTo("succeeded");
    Answer repeated = payment.send().is(201);
    assertThat(repeated.id()).isEqualTo(open.id());
    assertThat(repeated.header("Idempotent-Replayed")).contains("true");
    moved(5);
  }

  @ParameterizedTest
  @CsvSource({
    "captures, return null",
    "captures, raise integrity_constraint_violation",
    "refunds, return null",
    "refunds, raise integrity_constraint_violation"
  })
  @Proves({"the database cannot say in time", "an operation's deadline passes"})
  void saysOfAnOperationWhoseCommitIsHeldUpThatItsOutcomeIsUnknown(String operation, String end)
      throws SQLException {
    boolean capture = operation.equals("captures");
    boolean committed = end.equals("return null");
    String paymentId =
        capture
            ? merchant.authorize(5, "alice", "shop")
            : merchant.pay(5, "alice", "shop").is(201).id();
    Call call = merchant.operation(paymentId, operation).deadline(HELD_UP_DEADLINE_MS);
    String counted = capture ? "capturePayment" : "refundPayment";
    double before = unknown(counted);

    Answer open = sentWhileCommitsWait(call, operation, end);

    assertUnknown(open);
    assertThat(unknown(counted)).isEqualTo(before + 1);
    assertThat(open.text("/payment_id")).isEqualTo(paymentId);
    assertThat(merchant.find(paymentId).number(capture ? "/amount_captured" : "/amount_refunded"))
        .isEqualTo(committed ? 5 : 0);
    assertThat(call.send().is(201).header("Idempotent-Replayed").isPresent()).isEqualTo(committed);
    moved(capture ? 5 : 0);
  }

  @Test
  void countsAnItemOfABatchWhoseCommitIsHeldUp() throws SQLException {
    Call call =
        merchant
            .call("POST", "/v1/payment-batches")
            .randomKey()
            .deadline(HELD_UP_DEADLINE_MS)
            .body(object("payments", array(order(5, "alice", "shop").put("reference", "one"))));
    double before = unknown("batchItem");

    Answer open = sentWhileCommitsWait(call, "payments", "return null").is(201);

    assertThat(open.body().at("/items/0/status").asText()).isIn("unknown", "processing");
    assertThat(unknown("batchItem")).isEqualTo(before + 1);
    moved(5);
  }

  private static void assertUnknown(Answer open) {
    assertThat(open.is(202).text("/status")).isEqualTo("processing");
    assertThat(open.text("/outcome")).isEqualTo("unknown");
    assertThat(open.text("/resolves_by")).matches(TIME);
    assertThat(Instant.parse(open.text("/resolves_by"))).isAfter(Instant.now());
    assertThat(open.took()).isLessThan(HELD_UP_ANSWER_WITHIN);
  }

  /**
   * The answer to a request whose commit waits, longer than the journal's limits, until the answer
   * has come. When this returns, the transaction has ended.
   *
   * @param table that the request adds a row to
   * @param end what is done then, in PL/pgSQL
   */
  private Answer sentWhileCommitsWait(Call call, String table, String end) throws SQLException {
    jdbc.sql(
            """
            create function be_patient() returns trigger language plpgsql as
              $$ begin
                perform set_config('lock_timeout', '0', true);
                perform set_config('statement_timeout', '0', true);
                return new;
              end $$;
            create trigger be_patient before insert on %1$s
              for each row execute function be_patient();
            create function wait_for_it() returns trigger language plpgsql as
              $$ begin perform pg_advisory_xact_lock(1); %2$s; end $$;
            create constraint trigger wait_for_it after insert on %1$s
              deferrable initially deferred for each row execute function wait_for_it()
            """
                .formatted(table, end))
        .update();
    try (var _ = holding("select pg_advisory_xact_lock(1)")) {
      return call.send();
    } finally {
      // Waits for the transaction, which has used the triggers.
      jdbc.sql("drop function be_patient, wait_for_it cascade").update();
    }
  }

  private Answer onceItDawdles(Call call) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                jdbc.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
                        .query(Integer.class)
                        .single()
                    > 0);
    return call.send();
  }

  @Test
  void doesNotSayThatNothingChangedWhenAnAnswerWithoutAKeyCannotBeWritten() {
    String account = "/v1/accounts/alice";
    String payment = "/v1/payments/" + merchant.pay(5, "alice", "shop").is(201).id();

    for (Answer answer :
        List.of(
            merchant.patch(account, object("name", UNWRITABLE)),
            merchant.patch(payment, object("description", UNWRITABLE)))) {
      answer.isProblem(500, "internal_error");
      assertThat(answer.text("/outcome")).as(answer.toString()).isEqualTo("unknown");
      assertThat(Instant.parse(answer.text("/resolves_by"))).isAfter(Instant.now());
    }

    // They were carried out. A read that fails has changed nothing.
    for (String path : List.of(account, payment)) {
      merchant.get(path).isProblem(500, "internal_error").movedNothing();
    }
    merchant.patch(account, object("name", "")).is(200);
    moved(5);
  }

  @Test
  @Proves("the deadline passes")
  void leavesAKeyFreeThatItPromisedToBeFree() throws SQLException {
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(100);
    merchant.fault("ledger", "hang", true);

    Answer refused;
    try (var _ = lock("payments")) {
      refused = payment.send().isProblem(504, "deadline_exceeded").movedNothing();
    }

    assertThat(refused.took()).isLessThan(NONE_WITHIN);
    assertThat(refused.text("/payment_id")).isEmpty();
    merchant.noFaults();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(merchant.transfer(move(1, "alice", "shop")).send().status())
                    .isEqualTo(201));
    assertThat(merchant.get("/v1/payments").body().path("data")).isEmpty();
    assertThat(merchant.get("/v1/events").body().path("data")).isEmpty();
    Answer paid = payment.deadline(5_000).send().is(201);
    assertThat(paid.header("Idempotent-Replayed")).isEmpty();
    assertThat(merchant.events(paid.id()))
        .extracting(TruthIT::type)
        .containsExactly("payment.succeeded");
  }

  @Test
  @Proves("another transaction holds the row of a merchant")
  void changesNothingOfAMerchantWhoseRowsAreLocked() throws SQLException {
    String id = "'%s'".formatted(TypeId.require("mch", merchant.merchantId()));
    JsonNode aKey = object("name", "till", "scopes", array("ledger:read"));
    JsonNode endpoint = object("url", "https://shop.example/", "events", array("*"));

    changesNothingWhileHeld(
        "merchants where id = " + id,
        merchant.call("POST", "/v1/api-keys").body(aKey),
        merchant.call("PUT", "/v1/fraud/rules").body(object("version", 0, "rules", array())),
        merchant.call("POST", "/v1/webhook-endpoints").body(endpoint),
        merchant.call("PUT", "/v1/accounts/new").body(object("currency", "EUR")));
    changesNothingWhileHeld(
        "fraud_rule_sets where merchant_id = " + id,
        merchant
            .call("PUT", "/v1/fraud/rules")
            .body(object("version", merchant.version(), "rules", array())));
    String key = "/v1/api-keys/" + merchant.post("/v1/api-keys", aKey).is(201).id();
    changesNothingWhileHeld(
        "api_keys where merchant_id = " + id,
        merchant.call("POST", key + "/rotate"),
        merchant.call("DELETE", key));
  }

  /** And all of it once the rows are free. */
  private static void changesNothingWhileHeld(String rows, Call... changes) throws SQLException {
    try (var _ = holding("select 1 from " + rows + " for update")) {
      for (Call change : changes) {
        change.send().isProblem(503, "dependency_unavailable").movedNothing();
      }
    }
    for (Call change : changes) {
      Answer answer = change.send();
      assertThat(answer.status()).as(answer.toString()).isLessThan(300);
    }
  }

  @Test
  @Proves("what a change is about cannot be read in time")
  void changesNothingThatCannotBeReadInTime() throws SQLException {
    String held = merchant.authorize(5, "alice", "shop");
    String transfer = merchant.transfer(move(1, "alice", "shop")).send().is(201).id();
    Map<String, Call> changes =
        Map.of(
            "payments", merchant.operation(held, "captures"),
            "transfers",
                merchant.call("POST", "/v1/transfers/" + transfer + "/reverse").randomKey(),
            "accounts", merchant.call("PATCH", "/v1/accounts/shop").body(object("name", "a shop")));

    for (Map.Entry<String, Call> change : changes.entrySet()) {
      try (var _ = lock(change.getKey())) {
        Answer refused = change.getValue().send().movedNothing();
        assertThat(refused.code())
            .as(refused.toString())
            .isIn("deadline_exceeded", "dependency_unavailable");
      }
    }

    for (Call call : changes.values()) {
      Answer answer = call.send();
      assertThat(answer.status()).as(answer.toString()).isLessThan(300);
      assertThat(answer.header("Idempotent-Replayed")).isEmpty();
    }
    moved(5);
  }

  @Test
  @Proves("the deadline passes")
  void tellsTheEndOfAPaymentThatNeverCameToItsTurn() throws SQLException {
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(200);

    Answer refused;
    try (var _ = holding("select 1 from accounts where id = 'alice' for update")) {
      refused = payment.send().isProblem(504, "deadline_exceeded").movedNothing();
    }

    String id = refused.text("/payment_id");
    assertThat(merchant.find(id).text("/status")).isEqualTo("failed");
    Answer again = payment.send().isProblem(504, "deadline_exceeded");
    assertThat(again.text("/payment_id")).isEqualTo(id);
    nothingMoved();
  }

  @Test
  void blamesNobodyElseForACommandThatTheDatabaseRefuses() {
    Client neighbour = newMerchant();
    jdbc.sql("alter table transfers add constraint cursed check (amount <> 666)").update();
    try {
      List<Answer> answers =
          Burst.of(
              60,
              i ->
                  (i % 3 == 0
                          ? neighbour.payment(order(1, "alice", "shop"))
                          : merchant.payment(order(666, "alice", "shop")))
                      .deadline(30_000)
                      .send());

      for (int i = 0; i < answers.size(); i++) {
        if (i % 3 == 0) {
          answers.get(i).is(201);
        } else {
          answers.get(i).isProblem(500, "internal_error").movedNothing();
        }
      }
      answerTo(merchant.transfer(move(666, "alice", "shop")))
          .isProblem(500, "internal_error")
          .movedNothing();
      answerTo(merchant.payment(order(1, "alice", "shop"))).is(201);
      moved(1);
    } finally {
      jdbc.sql("alter table transfers drop constraint cursed").update();
    }
  }

  @Test
  @Proves({"the database cannot say in time", "the process is killed"})
  void showsTheEndOfAPaymentThatNobodyHasResolved() {
    merchant.fault("fraud", "hang", true);
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(3_000);
    CompletableFuture<Answer> caller = CompletableFuture.supplyAsync(payment::send);
    String id =
        Awaitility.await()
            .until(
                () -> merchant.get("/v1/payments?status=processing").is(200).text("/data/0/id"),
                found -> !found.isEmpty());

    jdbc.sql(
            "update payments set resolves_by = current_timestamp - interval '1 second'"
                + " where status = 'processing'")
        .update();

    Answer shown = merchant.find(id);
    assertThat(shown.text("/status")).isEqualTo("failed");
    assertThat(shown.text("/failure/code")).isEqualTo("deadline_exceeded");
    assertThat(merchant.get("/v1/payments?status=processing").body().path("data")).isEmpty();
    assertThat(merchant.get("/v1/payments?status=processing,declined").body().path("data"))
        .isEmpty();
    assertThat(merchant.get("/v1/payments?status=processing,failed").body().at("/data/0"))
        .isEqualTo(shown.body());
    assertThat(merchant.get("/v1/payments?status=failed").body().at("/data/0"))
        .isEqualTo(shown.body());
    assertThat(merchant.get("/v1/payments").body().at("/data/0")).isEqualTo(shown.body());
    caller.join().isProblem(504, "deadline_exceeded").movedNothing();
    assertThat(merchant.find(id).body()).isEqualTo(shown.body());
    nothingMoved();
  }

  @Test
  void endsAPaymentThatNobodyHasResolvedBeforeAnOperationOnIt() {
    merchant.fault("fraud", "hang", true);
    CompletableFuture<Answer> caller =
        CompletableFuture.supplyAsync(
            merchant.payment(order(5, "alice", "shop")).deadline(3_000)::send);
    String id =
        Awaitility.await()
            .until(
                () -> merchant.get("/v1/payments?status=processing").is(200).text("/data/0/id"),
                found -> !found.isEmpty());
    jdbc.sql(
            "update payments set resolves_by = current_timestamp - interval '1 second'"
                + " where status = 'processing'")
        .update();

    Answer refused = merchant.capture(id).isProblem(409, "invalid_state");

    assertThat(refused.text("/detail")).contains("failed");
    nothingMoved();
    caller.join().isProblem(504, "deadline_exceeded").movedNothing();
  }

  /** The answer when the service, which has had a lot to do, lets the request in. */
  private static Answer answerTo(Call call) {
    return Awaitility.await().until(call::send, answer -> !answer.code().equals("overloaded"));
  }

  private static String type(JsonNode event) {
    return event.path("type").asText();
  }
}
