package io.quittance.contract;

import io.quittance.testing.KafkaBroker;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The contract of events where Kafka has them before they are counted, on H2. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.analytics.engine=kafka",
      "spring.datasource.url=jdbc:h2:mem:on-kafka;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=5000"
    })
@ActiveProfiles("sandbox")
@Tag("long")
class EventIntakeOnKafkaIT extends EventIntakeContract {

  @DynamicPropertySource
  static void broker(DynamicPropertyRegistry properties)
      throws ExecutionException, InterruptedException {
    KafkaBroker broker = KafkaBroker.running();
    String prefix = "contract-" + UUID.randomUUID();
    broker.create(prefix + ".events", 1, Map.of());
    broker.create(prefix + ".interactions", 3, Map.of());
    properties.add("quittance.kafka.bootstrap-servers", broker::address);
    properties.add("quittance.kafka.topic-prefix", () -> prefix);
  }
}
