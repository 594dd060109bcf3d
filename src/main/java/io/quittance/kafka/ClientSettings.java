package io.quittance.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The settings of Kafka's clients: our defaults, the operator's settings, and those that cannot be
 * changed. Immutable.
 */
public final class ClientSettings {

  private static final Map<String, Object> COMMON =
      Map.of(
          CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
          5_000,
          CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
          1_000,
          CommonClientConfigs.AUTO_INCLUDE_JMX_REPORTER_CONFIG,
          false,
          CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG,
          List.of(),
          CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
          false);

  /** An attempt ends within ten seconds. The commit of the transaction ends lingering. */
  private static final Map<String, Object> PRODUCER =
      Map.of(
          ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000,
          ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 30_000,
          ProducerConfig.LINGER_MS_CONFIG, 100,
          ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);

  private static final Map<String, Object> CONSUMER =
      Map.of(
          ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000,
          ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
              CooperativeStickyAssignor.class.getName());

  private final KafkaProperties properties;

  /**
   * @throws IllegalArgumentException Kafka refuses a value of one of the operator's settings
   */
  ClientSettings(KafkaProperties properties) {
    this.properties = properties;
    try {
      var _ = new ProducerConfig(producer(0));
      var _ = new AdminClientConfig(admin());
      var _ = new ConsumerConfig(consumer("", ""));
    } catch (ConfigException e) {
      throw new IllegalArgumentException("quittance.kafka.properties: " + e.getMessage(), e);
    }
  }

  /** For the producer of a shard; all producers of a shard have the same transactional id. */
  Properties producer(int shard) {
    Map<String, Object> settings = commonOfProducers("relay-" + shard);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic("relay-" + shard));
    return complete(settings);
  }

  /**
   * For a producer without transactions, which sends without delay.
   *
   * @param recordBytesMax the largest record that it takes
   */
  public Properties producer(String client, int recordBytesMax) {
    Map<String, Object> settings = commonOfProducers(client);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, recordBytesMax);
    return complete(settings);
  }

  private Map<String, Object> commonOfProducers(String client) {
    var settings = new HashMap<>(PRODUCER);
    settings.putAll(common(client));
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return settings;
  }

  /** For a consumer of a group that does not store its offsets in Kafka. */
  public Properties consumer(String client, String group) {
    var settings = new HashMap<>(CONSUMER);
    settings.putAll(common(client));
    settings.put(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    settings.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return complete(settings);
  }

  /** The name of a topic or a group of this installation. */
  public String topic(String name) {
    return properties.topicPrefix() + "." + name;
  }

  /** For the client that describes the topic. */
  Properties admin() {
    var settings = new HashMap<>(common("relay-admin"));
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
    return complete(settings);
  }

  private Map<String, Object> common(String client) {
    var settings = new HashMap<>(COMMON);
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, properties.topicPrefix() + "-" + client);
    settings.put(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
        String.join(",", properties.bootstrapServers()));
    return settings;
  }

  private Properties complete(Map<String, Object> settings) {
    var all = new Properties();
    all.putAll(settings);
    all.putAll(properties.properties());
    return all;
  }
}
