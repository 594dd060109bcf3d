package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quittance.testing.ConnectionsPage;
import io.quittance.testing.ConnectionsPage.Replicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * As many replicas as the autoscaler makes find connections. MonitoringIT and KafkaIT hold the
 * pools of the page against running services.
 */
class ConnectionsTest {

  private static final Path AUTOSCALER =
      Path.of("k8s/components/autoscaling/horizontalpodautoscaler.yaml");
  private static final Path DEPLOYMENT = Path.of("k8s/base/deployment.yaml");

  /** {@code max_connections}, and {@code superuser_reserved_connections}, of PostgreSQL. */
  private static final int DEFAULT = 100;

  private static final int SUPERUSERS = 3;

  private static final int MIGRATIONS = 2;

  /** For migrations, and the rest for people, backups and monitoring. */
  private static final int KEPT = 7;

  /** Pods that end at once while they are replaced. */
  private static final int ENDING = 1;

  private final ConnectionsPage page = new ConnectionsPage();

  @Test
  void thePageReckonsRight() {
    assertThat(page.replicas())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "without Kafka", reckoned(sumWithoutKafka()),
                "with Kafka", reckoned(sum(false)),
                "with Kafka as the engine of analytics", reckoned(sum(true))));
  }

  private static Replicas reckoned(int atMost) {
    int fit = (DEFAULT - SUPERUSERS - KEPT) / atMost;
    return new Replicas(atMost, fit, atMost, SUPERUSERS + KEPT);
  }

  private int sumWithoutKafka() {
    return sum(false) - page.pools(false).get("kafka");
  }

  private int sum(boolean engineKafka) {
    return new HashMap<>(page.pools(engineKafka))
        .values().stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * In any combination of the components: that for Kafka leaves the engine as it is. With it,
   * people may find no connection, and the page says so.
   */
  @Test
  void theAutoscalersReplicasFitTheDefaultOfPostgresDuringAnUpdateToo() throws IOException {
    int replicas = yaml(AUTOSCALER).at("/spec/maxReplicas").asInt();
    int surge = yaml(DEPLOYMENT).at("/spec/strategy/rollingUpdate/maxSurge").asInt();

    assertThat(replicas).isGreaterThan(yaml(AUTOSCALER).at("/spec/minReplicas").asInt());
    int together = replicas + surge + ENDING;
    assertThat(together * sumWithoutKafka() + KEPT).isLessThanOrEqualTo(DEFAULT - SUPERUSERS);
    assertThat(together * sum(false) + MIGRATIONS).isLessThanOrEqualTo(DEFAULT - SUPERUSERS);
  }

  /** A pod that ends keeps its connections, and does not count for maxSurge. */
  @Test
  void anUpdateEndsNoPodBeforeTheOneBeforeHasEnded() throws IOException {
    JsonNode deployment = yaml(DEPLOYMENT);

    assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt()).isZero();
    assertThat(deployment.at("/spec/strategy/rollingUpdate/maxSurge").asInt()).isEqualTo(ENDING);
    assertThat(deployment.at("/spec/minReadySeconds").asInt())
        .isGreaterThanOrEqualTo(
            deployment.at("/spec/template/spec/terminationGracePeriodSeconds").asInt());
  }

  private static JsonNode yaml(Path file) throws IOException {
    return new YAMLMapper().readTree(file.toFile());
  }
}
