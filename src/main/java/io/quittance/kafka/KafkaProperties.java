package io.quittance.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the relay to Kafka.
 *
 * @param bootstrapServers brokers as {@code host:port}; none: off
 * @param topicPrefix the prefix of topics and transactional ids; a different one for each
 *     installation
 * @param lease how long a silent replica keeps its shards
 * @param properties settings of Kafka's clients, by Kafka's names
 */
@ConfigurationProperties("quittance.kafka")
record KafkaProperties(
    @DefaultValue List<String> bootstrapServers,
    @DefaultValue("quittance") String topicPrefix,
    @DefaultValue("6s") Duration lease,
    @DefaultValue Map<String, String> properties) {

  private static final String NAME = "quittance.kafka.";
  private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s]+):\\d{1,5}");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,200}");
  private static final Duration LEASE_MIN = Duration.ofSeconds(2);

  /** Settings on which the order, the acknowledgement and the counting of events depend. */
  private static final Set<String> RESERVED =
      Set.of(
          "acks",
          "auto.offset.reset",
          "bootstrap.servers",
          "client.id",
          "enable.auto.commit",
          "enable.idempotence",
          "group.id",
          "key.deserializer",
          "key.serializer",
          "max.in.flight.requests.per.connection",
          "partitioner.class",
          "transactional.id",
          "value.deserializer",
          "value.serializer");

  KafkaProperties {
    bootstrapServers = bootstrapServers.stream().filter(server -> !server.isBlank()).toList();
    for (String server : bootstrapServers) {
      if (!ADDRESS.matcher(server).matches()) {
        throw new IllegalArgumentException(
            NAME + "bootstrap-servers: a list of host:port, not \"" + server + "\"");
      }
    }
    if (!TOPIC.matcher(topicPrefix).matches()) {
      throw new IllegalArgumentException(
          NAME
              + "topic-prefix must be 1 to 200 characters: a-z, A-Z, 0-9, dot, underscore and hyphen");
    }
    if (lease.compareTo(LEASE_MIN) < 0) {
      throw new IllegalArgumentException(NAME + "lease must be at least 2s");
    }
    var taken = new TreeSet<>(properties.keySet());
    taken.retainAll(RESERVED);
    if (!taken.isEmpty()) {
      throw new IllegalArgumentException(
          NAME + "properties: the service itself sets " + String.join(", ", taken));
    }
  }

  /** The topic of all events. */
  String events() {
    return topicPrefix + ".events";
  }
}
