package io.quittance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.testing.KafkaBroker;
import io.quittance.testing.KafkaReader;
import io.quittance.testing.KafkaReader.Read;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Relays on one database and one broker: who sends, in which order, and what if it cannot. */
@Tag("side-by-side")
class RelayIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ALL = "select count(*) from kafka_outbox";

  private final KafkaBroker broker = KafkaBroker.running();
  private final String prefix = "test-" + UUID.randomUUID();
  private final String topic = prefix + ".events";
  private static final DataSource DATABASE = Postgres.create().migrated().dataSource();
  private final JdbcClient jdbc = JdbcClient.create(DATABASE);
  private final UUID merchant = TypeId.next();
  private final KafkaReader reader = new KafkaReader(broker, topic);

  /** What one replica has. */
  private final class Replica {

    private final FailureState state = new FailureState("Events wait", "Events are sent");
    private final RelayMeters meters =
        new RelayMeters(new SimpleMeterRegistry(), state, Clock.systemUTC());
    private final ShardRelay.Shared shared;

    Replica() throws SQLException {
      var properties =
          new KafkaProperties(
              List.of(broker.address()), prefix, Duration.ofSeconds(30), Map.of("retries", "3"));
      var json = new ObjectMapper().registerModule(new JavaTimeModule());
      shared =
          KafkaConfiguration.shared(
              DATABASE, new Dialect(DATABASE), properties, json, state, meters);
    }

    /** Takes the merchant's shard, which nobody has. */
    ShardRelay take() {
      return shared.leases().take(Shards.COUNT).stream()
          .filter(lease -> lease.shard() == Shards.of(merchant))
          .map(lease -> new ShardRelay(lease, shared))
          .findFirst()
          .orElseThrow();
    }

    Relay relay() {
      return new Relay(shared, ConcurrentHashMap.newKeySet(), new SimpleMeterRegistry());
    }
  }

  private Replica replica;
  private ShardRelay relay;

  @BeforeEach
  void start() throws SQLException {
    jdbc.sql("delete from kafka_outbox").update();
    jdbc.sql("delete from kafka_relays").update();
    lapse();
    replica = new Replica();
    relay = replica.take();
  }

  @AfterEach
  void stop() {
    relay.end();
    reader.close();
  }

  /** Adds an event of each payment, as the journal does. */
  private void tell(List<UUID> payments, int sequence) {
    UUID[] events = payments.stream().map(_ -> TypeId.next()).toArray(UUID[]::new);
    UUID[] of = payments.toArray(UUID[]::new);
    jdbc.sql(
            """
            insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
            select ?, id, payment_id, ?, 'payment.succeeded', now(), '{"amount":1}'
              from unnest(?, ?) as k(id, payment_id)
            """)
        .params(merchant, sequence, events, of)
        .update();
    jdbc.sql(
            "insert into kafka_outbox select ?, ?, k.s, ?, k.e, now() from unnest(?, ?) as k(e, s)")
        .params(Shards.of(merchant), merchant, sequence, events, of)
        .update();
  }

  private static List<UUID> payments(int count) {
    return IntStream.range(0, count).mapToObj(_ -> TypeId.next()).toList();
  }

  /** As often as it takes: after a failure it pauses. */
  private static void work(ShardRelay relay) throws InterruptedException {
    Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(relay::begin);
    relay.work();
    relay.leave();
  }

  private void lapse() {
    jdbc.sql("update kafka_shards set lease_until = now() - interval '1 second'").update();
  }

  private long waiting() {
    return jdbc.sql(ALL).query(Long.class).single();
  }

  @Test
  void sendsEachPaymentsEventsInOrderWhateverTheirIdsSay() throws Exception {
    broker.create(topic, 3, Map.of());
    List<UUID> payments = payments(300);
    // The last ones first, so that neither ids nor times are in order.
    for (int sequence = 4; sequence >= 1; sequence--) {
      tell(payments, sequence);
    }

    work(relay);

    assertThat(reader.readEvents(1_200)).hasSize(1_200);
    reader.sawEverythingInOrder();
    assertThat(waiting()).isZero();
    assertThat(replica.state.reason()).isNull();
  }

  @Test
  void saysWhatItIsAboutAsCloudEventsDo() throws Exception {
    broker.create(topic, 1, Map.of());
    List<UUID> payment = payments(1);
    tell(payment, 1);

    work(relay);

    Read event = reader.readEvents(1).getFirst();
    assertThat(event.key()).isEqualTo(TypeId.format("pay", payment.getFirst()));
    assertThat(event.headers())
        .containsOnlyKeys(
            "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type")
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_id", event.event().path("id").asText())
        .containsEntry("ce_source", "/merchants/" + TypeId.format("mch", merchant))
        .containsEntry("ce_type", "payment.succeeded")
        .containsEntry("content-type", "application/json");
    assertThat(event.event().path("data")).isEqualTo(new ObjectMapper().readTree("{\"amount\":1}"));
  }

  /** It was frozen while another one took its shard, and believes that it still has it. */
  @Test
  void sendsNothingOnceAnotherHasItsShard() throws Exception {
    broker.create(topic, 1, Map.of());
    List<UUID> payment = payments(1);
    tell(payment, 1);
    work(relay);
    lapse();
    var other = new Replica();
    ShardRelay successor = other.take();
    tell(payment, 2);

    work(relay);

    assertThat(waiting()).isEqualTo(1);
    work(successor);
    assertThat(waiting()).isZero();
    assertThat(reader.readEvents(2)).hasSize(2);
    reader.sawEverythingInOrder();
    successor.end();
  }

  /** It was sure of its lease, and was frozen before the broker heard of it. */
  @Test
  void givesUpWhenItsShardWasTakenWhileItBegan() throws Exception {
    broker.create(topic, 1, Map.of());
    tell(payments(1), 1);
    assertThat(replica.shared.topic().partitions()).isEqualTo(1);
    broker.freeze();
    CompletableFuture<Void> late;
    ShardRelay successor;
    try {
      assertThat(relay.begin()).isTrue();
      late = CompletableFuture.runAsync(this::begun);
      Awaitility.await().atMost(PATIENCE).until(this::hasProducer);
      lapse();
      successor = new Replica().take();
    } finally {
      broker.thaw();
    }
    late.join();

    relay.leave();
    assertThat(relay.closed()).isTrue();
    assertThat(waiting()).isEqualTo(1);
    work(successor);
    assertThat(reader.readEvents(1)).hasSize(1);
    successor.end();
  }

  private void begun() {
    try {
      relay.work();
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  private boolean hasProducer() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(
            thread ->
                thread.getName().startsWith("kafka-producer") && thread.getName().contains(prefix));
  }

  /** By a relay that began too late, and has given up since. */
  @Test
  void beginsAgainWhenItWasShutOutAndStillHasItsShard() throws Exception {
    broker.create(topic, 1, Map.of());
    List<UUID> payment = payments(1);
    tell(payment, 1);
    work(relay);
    try (var late =
        new KafkaProducer<byte[], byte[]>(
            replica.shared.settings().producer(Shards.of(merchant)))) {
      late.initTransactions();
    }
    tell(payment, 2);

    work(relay);
    assertThat(waiting()).isEqualTo(1);
    assertThat(replica.state.reason()).as("that is no failure").isNull();

    work(relay);
    assertThat(waiting()).isZero();
    assertThat(reader.readEvents(2)).hasSize(2);
    reader.sawEverythingInOrder();
  }

  @Test
  @Proves("the broker of Kafka is away or")
  void waitsForATopicAndSaysSo() throws Exception {
    List<UUID> payments = payments(5);
    tell(payments, 1);

    work(relay);

    assertThat(replica.state.reason()).contains("the topic " + topic + " does not exist");
    assertThat(waiting()).isEqualTo(5);
    broker.create(topic, 2, Map.of());
    tell(payments, 2);
    work(relay);
    assertThat(replica.state.reason()).isNull();
    reader.readEvents(10);
    reader.sawEverythingInOrder();
  }

  @Test
  void looksForTheTopicBeforeThereIsAnythingToSend() throws Exception {
    lapse();
    Relay all = replica.relay();
    all.renewLeases();

    tickUntil(all, () -> replica.state.reason() != null);
    broker.create(topic, 1, Map.of());
    tickUntil(all, () -> replica.state.reason() == null);

    all.close();
  }

  private static void tickUntil(Relay relay, Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              relay.tick();
              return condition.call();
            });
  }

  @Test
  @Proves("the broker of Kafka is away or")
  void waitsForABrokerThatRefusesAndSaysWhy() throws Exception {
    broker.create(topic, 2, Map.of("max.message.bytes", "100"));
    List<UUID> payments = payments(1);
    tell(payments, 1);

    work(relay);

    assertThat(replica.state.reason()).contains("larger than the max message size");
    assertThat(waiting()).isEqualTo(1);
    broker.set(topic, "max.message.bytes", "1000000");
    tell(payments, 2);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              work(relay);
              assertThat(replica.state.reason()).isNull();
            });
    reader.readEvents(2);
    reader.sawEverythingInOrder();
  }

  @Test
  void keepsPaymentsInTheirPartitionsWhenTheTopicGetsMore() throws Exception {
    broker.create(topic, 2, Map.of());
    List<UUID> payments = payments(20);
    tell(payments, 1);
    work(relay);
    broker.grow(topic, 7);
    lapse();
    ShardRelay successor = new Replica().take();
    tell(payments, 2);

    work(successor);

    List<Read> events = reader.readEvents(40);
    reader.sawEverythingInOrder();
    assertThat(events).extracting(Read::partition).containsOnly(0, 1);
    successor.end();
  }

  @Test
  void sharesTheShardsAmongTheReplicas() throws SQLException {
    lapse();
    List<Relay> relays = new ArrayList<>(List.of(new Replica().relay(), new Replica().relay()));
    relays.getFirst().renewLeases();
    assertThat(relays).extracting(Relay::shards).containsExactly(Shards.COUNT, 0);

    renewLeases(relays, 2);
    assertThat(relays)
        .extracting(Relay::shards)
        .containsExactly(Shards.COUNT / 2, Shards.COUNT / 2);
    relays.getFirst().close();
    renewLeases(relays.subList(1, 2), 1);
    assertThat(relays.getLast().shards()).isEqualTo(Shards.COUNT);
    relays.getLast().close();
  }

  private static void renewLeases(List<Relay> relays, int rounds) {
    for (int i = 0; i < rounds; i++) {
      relays.reversed().forEach(Relay::renewLeases);
      relays.forEach(Relay::renewLeases);
    }
  }
}
