package io.quittance.contract;

import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** How a replica is doing: its status, and its business metrics. */
abstract class StatusContract extends Contract {

  @Autowired private MeterRegistry registry;

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode each : list) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError("no " + name + " in " + list);
  }

  @Test
  void tellsWhatRuns() {
    merchant.pay(1, "alice", "shop").is(201);
    JsonNode status = merchant.get("/v1/status").is(200).body();

    JsonNode scope = named(status.path("scopes"), "payment");
    assertThat(scope.path("opened").asLong()).isPositive();
    assertThat(scope.path("orphans").asLong()).isZero();
    JsonNode pool = named(status.path("pools"), "journal-1");
    assertThat(pool.path("workers").asLong()).isEqualTo(1);
    assertThat(pool.path("capacity").asLong()).isPositive();
    assertThat(named(status.path("breakers"), "fraud").path("state").asText()).isEqualTo("closed");
    assertThat(status.at("/admission/limit").asLong()).isPositive();
    assertThat(status.at("/admission/under_way").asLong()).isPositive();
    assertThat(status.path("ready").asBoolean()).isTrue();
    JsonNode carriers = status.path("carriers");
    assertThat(carriers.path("parallelism").asLong()).isPositive();
    assertThat(carriers.path("threads").asLong()).isPositive();
    assertThat(carriers.path("mounted").asLong()).as("the request's own thread").isPositive();
    assertThat(carriers.path("queued").isIntegralNumber()).isTrue();
    assertThat(status.path("deadlocks").asLong()).isZero();
    assertThat(status.path("replica").asText()).isNotBlank();
  }

  /** It costs the same however many ask: a look stops all threads. */
  @Test
  void readersShareALook() {
    var looks = new AtomicInteger();
    Gauge gauge =
        Gauge.builder("quittance.carriers.wanted", looks, AtomicInteger::incrementAndGet)
            .tag("test", "looks")
            .register(registry);
    try {
      for (int i = 0; i < 50; i++) {
        merchant.get("/v1/status").is(200);
      }
      assertThat(looks).hasPositiveValue().hasValueLessThan(25);
    } finally {
      registry.remove(gauge);
    }
  }

  @Test
  void countsPaymentsByOutcome() {
    double succeeded = counted("succeeded", "none");
    double declined = counted("declined", "insufficient_funds");
    double refused = counted("refused", "account_not_found");
    double refunds = registry.counter("quittance.refunds", "currency", "EUR").count();
    double replays = registry.counter("quittance.replays").count();

    Call payment = merchant.payment(Client.order(5, "alice", "shop"));
    String id = payment.send().is(201).id();
    payment.send().is(201);
    merchant.pay(FUNDS, "alice", "shop").is(402);
    merchant.pay(1, "alice", "nobody").is(422);
    merchant.refund(id).is(201);

    assertThat(counted("succeeded", "none")).isEqualTo(succeeded + 1);
    assertThat(counted("declined", "insufficient_funds")).isEqualTo(declined + 1);
    assertThat(counted("refused", "account_not_found")).isEqualTo(refused + 1);
    assertThat(registry.counter("quittance.refunds", "currency", "EUR").count())
        .isEqualTo(refunds + 1);
    assertThat(registry.counter("quittance.replays").count()).isEqualTo(replays + 1);
    assertThat(registry.get("quittance.payment.answer").timer().count()).isPositive();
    assertThat(registry.get("quittance.payment.deadline.left").timer().count()).isPositive();
  }

  private double counted(String outcome, String code) {
    Counter counter =
        registry
            .find("quittance.payments")
            .tags("outcome", outcome, "code", code, "currency", "EUR")
            .counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void makesTrafficUntilItIsStopped() {
    Client sandbox = merchant.anonymous();
    sandbox
        .put("/sandbox/traffic", object("payments_per_second", 201))
        .isRefused("payments_per_second", "out_of_range");
    sandbox
        .put("/sandbox/traffic", object("events_per_second", 20_001))
        .isRefused("events_per_second", "out_of_range");
    assertThat(sandbox.get("/sandbox/traffic").body())
        .isEqualTo(object("payments_per_second", 0, "events_per_second", 0));
    Client owner = merchant.with("qt_sandbox_key");
    try {
      sandbox
          .put("/sandbox/traffic", object("payments_per_second", 50, "events_per_second", 100))
          .is(200);
      org.awaitility.Awaitility.await()
          .until(
              () ->
                  owner
                          .get("/v1/analytics/series?metric=payments.count&step=1d")
                          .is(200)
                          .body()
                          .at("/series/0/points/0/1")
                          .asLong()
                      > 20);
    } finally {
      sandbox.put("/sandbox/traffic", object()).is(200);
    }
    assertThat(owner.get("/v1/payments?payer=customer-poor").is(200).body().path("data"))
        .allMatch(payment -> payment.path("status").asText().equals("declined"));
  }
}
