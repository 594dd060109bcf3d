package io.quittance.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/** Reads all committed events of a topic, in the order in which they come, and counts them. */
public final class KafkaReader implements AutoCloseable {

  /** An event as it was read. */
  public record Read(int partition, String key, Map<String, String> headers, JsonNode event) {

    public String id() {
      return headers.get("ce_id");
    }

    public int sequence() {
      return event.path("sequence").asInt();
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final String topic;
  private final KafkaConsumer<String, String> consumer;
  private final List<Read> all = new ArrayList<>();

  public KafkaReader(KafkaBroker broker, String topic) {
    this.topic = topic;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.address(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "reconnect.backoff.max.ms",
                "200",
                "enable.auto.commit",
                "false"),
            new StringDeserializer(),
            new StringDeserializer());
  }

  /** Reads on, until it has read so many different events. */
  public List<Read> readEvents(int count) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInSameThread()
        .untilAsserted(
            () -> {
              poll();
              assertThat(ids()).hasSizeGreaterThanOrEqualTo(count);
            });
    return readOn();
  }

  /** All that it has read, and what has come by now. */
  public List<Read> readOn() {
    while (poll()) {
      // There may be more.
    }
    return List.copyOf(all);
  }

  /** Whether anything came. Partitions that are new are read from their beginning. */
  private boolean poll() {
    Set<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .collect(Collectors.toSet());
    if (!partitions.equals(consumer.assignment())) {
      consumer.assign(partitions);
    }
    var records = consumer.poll(Duration.ofMillis(300));
    records.forEach(record -> all.add(read(record)));
    return !records.isEmpty();
  }

  private static Read read(ConsumerRecord<String, String> record) {
    var headers = new HashMap<String, String>();
    record
        .headers()
        .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
    try {
      return new Read(record.partition(), record.key(), headers, JSON.readTree(record.value()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(record.value(), e);
    }
  }

  private Set<String> ids() {
    return all.stream().map(Read::id).collect(Collectors.toSet());
  }

  /**
   * Each payment's events came as 1, 2, 3, …, in one partition. What came again was the same as
   * before.
   */
  public void sawEverythingInOrder() {
    Map<String, List<Read>> byKey = all.stream().collect(groupingBy(Read::key));
    byKey.forEach(
        (key, events) -> {
          var seen = new HashSet<String>();
          List<Integer> sequences =
              events.stream().filter(event -> seen.add(event.id())).map(Read::sequence).toList();
          assertThat(sequences)
              .as("sequences of " + key)
              .containsExactlyElementsOf(IntStream.rangeClosed(1, seen.size()).boxed().toList());
          assertThat(events.stream().map(Read::partition).distinct()).as(key).hasSize(1);
        });
    Map<String, Read> first = new HashMap<>();
    all.forEach(
        event -> assertThat(event).isEqualTo(first.computeIfAbsent(event.id(), _ -> event)));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
