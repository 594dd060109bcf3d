package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.contract.Model.Expected;
import io.quittance.testing.Postgres;
import io.quittance.testing.Sandbox;
import io.quittance.web.TypeId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Random sequences of all operations, answered over HTTP by the service on PostgreSQL and in memory
 * by a simple model: after each step the answer, the payment and every balance must agree.
 */
@Tag("side-by-side")
class ModelIT {

  private static Sandbox service;
  private static Client operator;
  private static JdbcClient jdbc;

  @BeforeContainer
  static void start() {
    Postgres.Database database = Postgres.create();
    service = Sandbox.on(database);
    jdbc = JdbcClient.create(database.dataSource());
    operator = new Client(service.uri(), Sandbox.OPERATOR_KEY);
  }

  @AfterContainer
  static void stop() {
    service.close();
  }

  @Provide
  Arbitrary<List<Step>> sequences() {
    return Step.any().list().ofSize(Step.STEPS);
  }

  @Property(tries = 30, shrinking = ShrinkingMode.BOUNDED)
  void agreesWithTheModel(@ForAll("sequences") List<Step> steps) {
    var merchant =
        operator.with(
            operator
                .post("/v1/merchants", object("name", "model"))
                .is(201)
                .text("/api_key/secret"));
    merchant.put("/v1/accounts/world", object("currency", "EUR", "kind", "external")).is(201);
    Model.ACCOUNTS.stream().skip(1).forEach(merchant::open);
    merchant.rules(
        array(
            object(
                "id",
                "large",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                Model.REVIEWED_ABOVE,
                "currency",
                "EUR")));
    var run = new Run(merchant, new Model());
    run.transfer(new Step.Transfer("world", "alice", 300));
    run.transfer(new Step.Transfer("world", "bob", 100));
    steps.forEach(run::step);
  }

  /** One sequence: the service, the model, and the ids of payments and transfers so far. */
  private record Run(Client merchant, Model model, List<String> ids, List<String> transfers) {

    Run(Client merchant, Model model) {
      this(merchant, model, new ArrayList<>(), new ArrayList<>());
    }

    void step(Step step) {
      carryOut(step);
      balancesAgree();
      paymentsAgree();
    }

    private void carryOut(Step step) {
      switch (step) {
        case Step.Transfer transfer -> transfer(transfer);
        case Step.Reverse reverse -> reverse(reverse);
        case Step.Freeze(String account, boolean frozen) ->
            check(
                model.freeze(account, frozen),
                merchant
                    .call("PATCH", "/v1/accounts/" + account)
                    .body(object("status", frozen ? "frozen" : "open"))
                    .send());
        case Step.Pay pay -> pay(pay);
        case Step.PayTogether(List<Step.Pay> payments) -> payTogether(payments);
        case Step.PayEach(List<Step.Pay> payments) -> payEach(payments);
        case Step.Capture _, Step.Cancel _, Step.Refund _, Step.Review _, Step.RunOut _
            when ids.isEmpty() -> {}
        case Step.Capture(int number, long amount, boolean last) -> {
          Object[] body =
              amount == 0
                  ? new Object[] {"final", last}
                  : new Object[] {"amount", amount, "final", last};
          Answer answer = merchant.capture(id(number), body);
          check(model.capture(payment(number), amount, last), answer);
        }
        case Step.Cancel(int number) ->
            check(model.cancel(payment(number)), merchant.cancel(id(number)));
        case Step.Refund(int number, long amount) -> {
          Object[] body = amount == 0 ? new Object[] {} : new Object[] {"amount", amount};
          check(model.refund(payment(number), amount), merchant.refund(id(number), body));
        }
        case Step.Review(int number, boolean approve) ->
            check(
                model.review(payment(number), approve),
                merchant.review(id(number), approve ? "approve" : "decline"));
        case Step.RunOut(int number, Step then) -> {
          letTheHoldRunOut(id(number));
          model.runOut(payment(number));
          carryOut(then);
        }
      }
    }

    void transfer(Step.Transfer step) {
      Answer answer = merchant.transfer(move(step.amount(), step.from(), step.to())).send();
      check(model.transfer(step.from(), step.to(), step.amount()), answer);
      remember(answer);
    }

    private void reverse(Step.Reverse step) {
      int number = Math.max(0, transfers.size() - 1 - step.transfer());
      Object[] body = step.amount() == 0 ? new Object[] {} : new Object[] {"amount", step.amount()};
      Answer answer =
          merchant
              .call("POST", "/v1/transfers/" + transfers.get(number) + "/reverse")
              .randomKey()
              .body(object(body))
              .send();
      check(model.reverse(model.transfers.get(number), step.amount()), answer);
      remember(answer);
    }

    private void remember(Answer transfer) {
      if (transfer.status() == 201) {
        transfers.add(transfer.id());
      }
    }

    private void pay(Step.Pay step) {
      Answer answer =
          merchant.pay(
              order(step.amount(), step.payer(), step.payee())
                  .put("capture_method", step.manual() ? "manual" : "automatic"));
      check(model.pay(step.payer(), step.payee(), step.amount(), step.manual()), answer);
      if (answer.status() / 100 == 2) {
        ids.add(answer.id());
      } else if (answer.status() == 402) {
        ids.add(answer.text("/payment_id"));
      }
    }

    private void payTogether(List<Step.Pay> payments) {
      Answer answer = batch("atomic", payments);
      check(model.payTogether(payments), answer);
      if (answer.status() == 201) {
        ids.addAll(Json.texts(answer.at("/items"), "payment_id"));
      }
    }

    /** Its items run at once: what became of them must be what comes of them in some order. */
    private void payEach(List<Step.Pay> payments) {
      JsonNode items = batch("independent", payments).is(201).at("/items");
      List<Expected> results = new ArrayList<>();
      for (JsonNode item : items) {
        results.add(expected(item));
        if (item.hasNonNull("payment_id")) {
          ids.add(item.get("payment_id").asText());
        }
      }
      assertThat(model.payEach(payments, results)).as("%s of %s", items, payments).isTrue();
    }

    /** What a single payment would have been answered that came to this. */
    private static Expected expected(JsonNode item) {
      return switch (item.get("status").asText()) {
        case "succeeded", "authorized" -> Expected.CREATED;
        case "in_review" -> Expected.ACCEPTED;
        case "declined" -> Expected.problem(402, item.get("code").asText());
        default -> Expected.problem(422, item.get("code").asText());
      };
    }

    private Answer batch(String mode, List<Step.Pay> payments) {
      Object[] items =
          payments.stream()
              .map(
                  pay ->
                      order(pay.amount(), pay.payer(), pay.payee())
                          .put("reference", UUID.randomUUID().toString())
                          .put("capture_method", pay.manual() ? "manual" : "automatic"))
              .toArray();
      return merchant
          .call("POST", "/v1/payment-batches")
          .randomKey()
          .body(object("payments", array(items), "mode", mode))
          .send();
    }

    private String id(int number) {
      return ids.get(position(number));
    }

    private Model.Payment payment(int number) {
      return model.payments.get(position(number));
    }

    private int position(int number) {
      return Math.max(0, ids.size() - 1 - number);
    }

    private static void check(Expected expected, Answer answer) {
      assertThat(answer.status()).as("status of %s", answer).isEqualTo(expected.status());
      assertThat(answer.code()).as("code of %s", answer).isEqualTo(expected.code());
    }

    private void balancesAgree() {
      long sum = 0;
      for (String id : Model.ACCOUNTS) {
        Answer account = merchant.get("/v1/accounts/" + id).is(200);
        Model.Account expected = model.accounts.get(id);
        assertThat(account.number("/balances/posted")).as(id).isEqualTo(expected.posted);
        assertThat(account.number("/balances/pending_out")).as(id).isEqualTo(expected.pendingOut);
        assertThat(account.number("/balances/pending_in")).as(id).isEqualTo(expected.pendingIn);
        sum += account.number("/balances/posted");
      }
      assertThat(sum).isZero();
    }

    private void paymentsAgree() {
      assertThat(model.payments).hasSameSizeAs(ids);
      for (int i = 0; i < ids.size(); i++) {
        Answer payment = merchant.find(ids.get(i));
        Model.Payment expected = model.payments.get(i);
        assertThat(payment.text("/status")).as("%s", payment).isEqualTo(expected.status);
        assertThat(payment.number("/amount_capturable")).isEqualTo(expected.capturable());
        assertThat(payment.number("/amount_captured")).isEqualTo(expected.captured);
        assertThat(payment.number("/amount_refunded")).isEqualTo(expected.refunded);
      }
    }

    private static void letTheHoldRunOut(String id) {
      jdbc.sql(
              """
              update transfers set expires_at = current_timestamp - interval '1' second
               where state = 'pending' and payment_id = ?
              """)
          .param(TypeId.require("pay", id))
          .update();
    }
  }
}
