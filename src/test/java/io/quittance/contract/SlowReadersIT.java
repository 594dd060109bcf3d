package io.quittance.contract;

import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;

/** An answer of megabytes, for readers that take their time, and for one that takes nothing. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.web.stall-limit=1s",
      "server.tomcat.connection-timeout=500ms"
    })
@ActiveProfiles("sandbox")
class SlowReadersIT extends Contract {

  private static final int ACCOUNTS = 100;
  private static final int SIP_BYTES = 65_536;

  @Autowired private MeterRegistry registry;

  @BeforeEach
  void ownMuch() {
    ObjectNode metadata = object();
    for (int i = 10; i < 60; i++) {
      metadata.put("key" + i, "\u20ac".repeat(500));
    }
    for (int i = 0; i < ACCOUNTS; i++) {
      merchant.put("/v1/accounts/a" + i, object("currency", "EUR", "metadata", metadata)).is(201);
    }
  }

  private String request() {
    return "GET /v1/accounts?limit=100 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(merchant.secret());
  }

  private double underWay() {
    return registry.get("quittance.admission.under.way").gauges().stream()
        .mapToDouble(Gauge::value)
        .sum();
  }

  /** In sips with a pause after each, which is far longer in all than a stall may be. */
  @Test
  void aSlowReaderGetsItsAnswerWhole() throws Exception {
    try (var reader = new RawHttp(merchant.service())) {
      reader.say(request());
      var pause = new CountDownLatch(1);
      long heard = 0;
      String last = "";
      for (String sip = reader.sip(SIP_BYTES); !sip.isEmpty(); sip = reader.sip(SIP_BYTES)) {
        heard += sip.length();
        last = sip;
        assertThat(pause.await(50, TimeUnit.MILLISECONDS)).isFalse();
      }

      assertThat(heard).isGreaterThan(7_000_000);
      assertThat(last).endsWith("}\r\n0\r\n\r\n");
    }
  }

  @Test
  void aReaderThatHasStoppedIsLetGo() throws IOException {
    try (var reader = new RawHttp(merchant.service())) {
      reader.say(request());
      Awaitility.await().until(() -> underWay() == 1);

      Awaitility.await().until(() -> underWay() == 0);

      assertThat(reader.hear()).startsWith("HTTP/1.1 200").doesNotEndWith("0\r\n\r\n");
    }
  }
}
