package io.quittance.analytics.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.intake.BodyKeys;
import io.quittance.analytics.intake.IntakeSumsWriter;
import io.quittance.analytics.intake.NameAssignment;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.kafka.ClientSettings;
import io.quittance.kafka.FailureState;
import io.quittance.kafka.TopicLookup;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans of this package, if Kafka is the engine. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = AnalyticsProperties.ENGINE, havingValue = "kafka")
class StreamConfiguration {

  private static final String TOPIC = "interactions";

  /** Long enough for a commit, and for leaving the group. */
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(15);

  /** How often a consumer checks whether a crash of the database has undone commits. */
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

  /** What all beans need to use Kafka. */
  record Broker(ClientSettings settings, TopicLookup topic, FailureState state) {}

  /**
   * @throws IllegalArgumentException no broker is set
   */
  @Bean
  Broker analyticsBroker(ObjectProvider<ClientSettings> kafka) {
    ClientSettings settings = kafka.getIfAvailable();
    if (settings == null) {
      throw new IllegalArgumentException(
          AnalyticsProperties.ENGINE + ": kafka needs quittance.kafka.bootstrap-servers");
    }
    return broker(settings);
  }

  static Broker broker(ClientSettings settings) {
    return new Broker(
        settings,
        new TopicLookup(settings.topic(TOPIC), settings),
        new FailureState(
            "Events for analytics are not taken, or are counted later",
            "Events for analytics are taken and counted again"));
  }

  @Bean
  PartitionOffsets analyticsOffsets(AnalyticsConnections connections) {
    return new PartitionOffsets(connections);
  }

  @Bean
  UncountedRecords uncountedEvents(PartitionOffsets offsets) {
    return new UncountedRecords(offsets);
  }

  @Bean
  Publisher.Services publishing(
      Broker broker,
      AnalyticsConnections connections,
      BodyKeys keys,
      NameAssignment names,
      UncountedRecords uncounted,
      Clocks clocks) {
    return new Publisher.Services(
        names,
        new KeyClaims(connections, keys, clocks),
        new RecordRevocation(connections, clocks),
        uncounted,
        broker.topic().name());
  }

  @Bean
  RecordCounter.Services counting(
      AnalyticsConnections connections,
      Dialect dialect,
      BodyKeys keys,
      Vocabularies vocabularies,
      IntakeSumsWriter sums,
      Clocks clocks) {
    return new RecordCounter.Services(connections, dialect, keys, vocabularies, sums, clocks);
  }

  @Bean
  KafkaEngine kafkaEngine(
      Broker broker,
      Publisher.Services publishing,
      RecordCounter.Services counting,
      PartitionOffsets offsets,
      AnalyticsProperties properties,
      Clock clock,
      MeterRegistry registry) {
    var consuming =
        new StreamConsumer.Services(
            broker.topic(), broker.settings(), offsets, broker.state(), CHECK_INTERVAL);
    List<StreamConsumer> consumers =
        Stream.generate(
                () -> new StreamConsumer(consuming, new RecordCounter(counting, properties)))
            .limit(properties.shards())
            .toList();
    var engine =
        new KafkaEngine(
            () ->
                new Publisher(
                    publishing,
                    new RecordSender(broker.topic(), broker.settings(), broker.state()),
                    properties),
            publishing.uncounted(),
            consumers,
            WorkerPool.<StreamConsumer, Boolean>named("analytics-consumers", KafkaEngine::run)
                .workers(consumers.size())
                .capacity(consumers.size())
                .drainLimit(DRAIN_LIMIT)
                .start(registry));
    measure(engine, broker.state(), clock, registry);
    return engine;
  }

  private static void measure(
      KafkaEngine engine, FailureState state, Clock clock, MeterRegistry registry) {
    Gauge.builder("quittance.kafka.analytics.partitions", engine, KafkaEngine::partitions)
        .description("Partitions of events for analytics that this replica counts")
        .register(registry);
    Gauge.builder("quittance.kafka.analytics.waiting", engine, KafkaEngine::lag)
        .description("Records of them that are still to be counted")
        .register(registry);
    Gauge.builder(
            "quittance.kafka.analytics.oldest.waiting",
            () -> engine.waited(clock.instant()).toMillis() / 1000.0)
        .description("How long the oldest of them that was read has waited")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("quittance.kafka.analytics.failing", () -> state.reason() == null ? 0 : 1)
        .description("1: the last try failed; the health endpoint and the log say why")
        .register(registry);
  }

  @Bean
  StreamHealth analyticsKafkaHealthIndicator(KafkaEngine engine, Broker broker) {
    return new StreamHealth(engine, broker.state());
  }
}
