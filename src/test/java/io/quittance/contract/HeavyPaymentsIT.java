package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.DependencyNames;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Many payments at once with the largest metadata, and another merchant in the same lane. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.rate-limit.enabled=false",
      "quittance.journal.lanes=1",
      "quittance.admission.floor=1024",
      "quittance.admission.half-sent=256MB"
    })
@ActiveProfiles("sandbox")
class HeavyPaymentsIT extends Contract {

  private static final Logger log = LoggerFactory.getLogger(HeavyPaymentsIT.class);

  /** Together they come to about 54 MB, for metadata is written twice. */
  private static final int PAYMENTS = 250;

  private static final int DEADLINE_MS = 30_000;
  private static final int PAIRS_MAX = 50;
  private static final int KEY_LENGTH_MAX = 40;
  private static final int VALUE_LENGTH_MAX = 500;

  @Autowired private CircuitBreakerRegistry breakers;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.create().provideTo(registry);
  }

  @Test
  @Proves("many requests at once have large metadata")
  void areMadeAndKeepNobodyFromTheLedger() {
    Client neighbour = newMerchant();
    Queue<Object> transitions = new ConcurrentLinkedQueue<>();
    CircuitBreaker ledger = breakers.circuitBreaker(DependencyNames.LEDGER);
    ledger.getEventPublisher().onStateTransition(transitions::add);
    List<Call> heavy = IntStream.range(0, PAYMENTS).mapToObj(this::heavy).toList();
    var over = new AtomicBoolean();
    var others = new ConcurrentLinkedQueue<Answer>();

    var sender =
        CompletableFuture.runAsync(
            () -> {
              while (!over.get()) {
                others.add(
                    neighbour.payment(order(1, "alice", "shop")).deadline(DEADLINE_MS).send());
              }
            });
    List<Answer> answers;
    try {
      answers = Burst.of(PAYMENTS, i -> heavy.get(i).send());
    } finally {
      over.set(true);
      sender.join();
    }

    log.info("Heavy payments: {}", summary(answers));
    log.info("The other merchant's payments meanwhile: {}", summary(List.copyOf(others)));
    assertThat(statuses(answers)).containsOnlyKeys("201");
    assertThat(statuses(List.copyOf(others))).containsOnlyKeys("201");
    assertThat(others)
        .as("a merchant that waits for all that another one has queued makes two or three")
        .hasSizeGreaterThan(5);
    assertThat(transitions).isEmpty();
    moved(PAYMENTS);
  }

  private Call heavy(int number) {
    ObjectNode body = order(1, "alice", "shop");
    body.set("metadata", largest(new Random(number)));
    return merchant.payment(body).deadline(DEADLINE_MS);
  }

  private static Map<String, Long> statuses(List<Answer> answers) {
    return answers.stream()
        .collect(groupingBy(one -> (one.status() + " " + one.code()).strip(), counting()));
  }

  private static String summary(List<Answer> answers) {
    long[] sorted = answers.stream().mapToLong(one -> one.took().toMillis()).sorted().toArray();
    return sorted.length == 0
        ? "none"
        : "%s, median %d ms, longest %d ms"
            .formatted(statuses(answers), sorted[sorted.length / 2], sorted[sorted.length - 1]);
  }

  /** Metadata of as many bytes as the limits allow, which hardly compress. */
  private static ObjectNode largest(Random random) {
    ObjectNode metadata = object();
    while (metadata.size() < PAIRS_MAX) {
      metadata.put(text(random, KEY_LENGTH_MAX), text(random, VALUE_LENGTH_MAX));
    }
    return metadata;
  }

  /** Of characters that take four bytes each. */
  private static String text(Random random, int length) {
    return random
        .ints(length, 0x20000, 0x2A000)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
