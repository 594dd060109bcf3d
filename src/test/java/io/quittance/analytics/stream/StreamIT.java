package io.quittance.analytics.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.analytics.event.EventFormat;
import io.quittance.analytics.event.EventParser;
import io.quittance.analytics.intake.Body;
import io.quittance.analytics.intake.BodyCounter;
import io.quittance.analytics.intake.IntakeResponse;
import io.quittance.analytics.intake.IntakeResult;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.Totals;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.kafka.ClientSettings;
import io.quittance.kafka.FailureState;
import io.quittance.kafka.TopicLookup;
import io.quittance.testing.KafkaBroker;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Publishers and consumers on one broker: what is acknowledged is counted once. */
@Tag("side-by-side")
@SpringBootTest(
    properties = {
      "quittance.analytics.engine=kafka",
      "quittance.kafka.properties[metadata.max.age.ms]=500",
      "quittance.kafka.properties[request.timeout.ms]=1000",
      "quittance.kafka.properties[delivery.timeout.ms]=2000",
      "quittance.kafka.properties[session.timeout.ms]=6000",
      "quittance.kafka.properties[max.poll.interval.ms]=2000"
    })
@ActiveProfiles("sandbox")
class StreamIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LATER = Duration.ofHours(1);
  private static final int EVENTS = 30;

  @DynamicPropertySource
  static void places(DynamicPropertyRegistry properties) {
    properties.add("spring.datasource.url", Postgres.create()::url);
    properties.add("spring.datasource.username", () -> Postgres.Database.USER);
    properties.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
    properties.add("quittance.kafka.bootstrap-servers", KafkaBroker.running()::address);
  }

  @Autowired private ClientSettings settings;
  @Autowired private Publisher.Services publishing;
  @Autowired private RecordCounter.Services counting;
  @Autowired private PartitionOffsets offsets;
  @Autowired private AnalyticsProperties properties;
  @Autowired private AnalyticsConnections connections;
  @Autowired private EventParser parser;
  @Autowired private Vocabularies vocabularies;
  @Autowired private Totals totals;
  @Autowired private JdbcClient jdbc;

  @Value("${spring.datasource.url}")
  private String url;

  private final KafkaBroker broker = KafkaBroker.running();
  private final String topic = "stream-" + UUID.randomUUID();
  private final FailureState state = new FailureState("It fails", "It works");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<StreamConsumer> consumers = new ArrayList<>();
  private final List<UUID> merchants = IntStream.range(0, 8).mapToObj(_ -> TypeId.next()).toList();
  private BodyCounter publisher;
  private WorkerPool<Body, IntakeResult> pool;
  private int sent;

  @BeforeEach
  void start() {
    var own =
        new Publisher.Services(
            publishing.names(),
            publishing.claims(),
            publishing.revocation(),
            new UncountedRecords(offsets),
            topic);
    publisher = new Publisher(own, new RecordSender(lookup(), settings, state), properties);
    pool =
        WorkerPool.<Body, IntakeResult>named("publisher", publisher::count)
            .start(new SimpleMeterRegistry());
  }

  private TopicLookup lookup() {
    return new TopicLookup(topic, settings);
  }

  @AfterEach
  void stop() {
    consumers.forEach(StreamConsumer::close);
    pool.close();
    publisher.close();
    threads.close();
  }

  /** A consumer of the group, as a replica of its own has it. */
  private StreamConsumer consume(DataSource database) {
    var services =
        new RecordCounter.Services(
            new AnalyticsConnections(database),
            counting.dialect(),
            counting.keys(),
            counting.vocabularies(),
            counting.sumsWriter(),
            counting.clocks());
    var consumer =
        new StreamConsumer(
            new StreamConsumer.Services(lookup(), settings, offsets, state, Duration.ofMillis(500)),
            new RecordCounter(services, properties));
    consumers.add(consumer);
    threads.submit(
        () -> {
          consumer.run();
          return true;
        });
    return consumer;
  }

  /** Lets nobody begin a transaction while it is shut. */
  private static final class Gate extends DelegatingDataSource {

    private final CountDownLatch reached = new CountDownLatch(1);
    private volatile CountDownLatch open = new CountDownLatch(0);

    Gate(DataSource database) {
      super(database);
    }

    void shut() {
      open = new CountDownLatch(1);
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (open.getCount() > 0) {
        reached.countDown();
        Awaitility.await().atMost(PATIENCE).until(() -> open.getCount() == 0);
      }
      return super.getConnection();
    }
  }

  /** Ends its first transaction by an error of the JVM. */
  private static final class FailingOnce extends DelegatingDataSource {

    private final AtomicBoolean failed = new AtomicBoolean();

    FailingOnce(DataSource database) {
      super(database);
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (failed.compareAndSet(false, true)) {
        throw new StackOverflowError();
      }
      return super.getConnection();
    }
  }

  /** Fails with the rows of one merchant, as if they could not be read. */
  private static final class Unreadable extends DelegatingDataSource {

    private final UUID merchant;

    Unreadable(DataSource database, UUID merchant) {
      super(database);
      this.merchant = merchant;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return wrapped(Connection.class, super.getConnection());
    }

    private <T> T wrapped(Class<T> type, T target) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> {
                if (arguments != null && Arrays.asList(arguments).contains(merchant)) {
                  throw new IllegalStateException("a row cannot be read");
                }
                try {
                  Object result = method.invoke(target, arguments);
                  return result instanceof PreparedStatement statement
                      ? wrapped(PreparedStatement.class, statement)
                      : result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }
  }

  /** Sends a body of each merchant, with events that no other body has. */
  private void publish() {
    for (UUID merchant : merchants) {
      publish(merchant, null, "e" + sent);
    }
    sent++;
  }

  private IntakeResponse publish(UUID merchant, String key, String ids) {
    return pool.submit(body(merchant, key, ids), Deadline.after(PATIENCE)).join().response();
  }

  private Body body(UUID merchant, String key, String ids) {
    byte[] bytes =
        IntStream.range(0, EVENTS)
            .mapToObj(
                i ->
                    "{\"id\":\"%s-%d\",\"type\":\"t%d\",\"data\":{\"amount\":%d,\"currency\":\"EUR\"}}"
                        .formatted(ids, i, i % 3, i + 1))
            .collect(Collectors.joining("\n"))
            .getBytes(UTF_8);
    try {
      var content =
          parser.parse(
              bytes, EventFormat.LINES, merchant, vocabularies.of(merchant), Instant.now());
      var once = key == null ? null : new Body.Key(key, "fingerprint of " + ids);
      return new Body(merchant, content, once, bytes.length);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every body of every merchant is counted once, in totals and panes. */
  private void awaitExactly(long bodies) {
    for (UUID merchant : merchants) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(totals.of(merchant).accepted()).isEqualTo(bodies * EVENTS));
      for (int step : List.of(1, 60, 3600)) {
        assertThat(sum("occurrences", merchant, step)).isEqualTo(bodies * EVENTS);
        assertThat(sum("amount", merchant, step)).isEqualTo(bodies * EVENTS * (EVENTS + 1) / 2);
      }
    }
  }

  private long sum(String column, UUID merchant, int step) {
    return jdbc.sql(
            "select cast(sum(%s) as bigint) from analytics_panes where merchant_id = ? and metric = 'events' and step = ?"
                .formatted(column))
        .params(merchant, step)
        .query(Long.class)
        .single();
  }

  private void awaitPartitions(StreamConsumer consumer, int count) {
    Awaitility.await().atMost(PATIENCE).until(() -> consumer.partitions() == count);
  }

  /** It has read records, and is frozen before it counts them; others take its partitions. */
  @Test
  @Tag("long")
  void aConsumerThatWakesUpTooLateCountsNothing() throws Exception {
    broker.create(topic, 4, Map.of());
    var gate = new Gate(connections.pool());
    StreamConsumer frozen = consume(gate);
    awaitPartitions(frozen, 4);
    publish();
    awaitExactly(1);
    gate.shut();
    publish();
    gate.reached.await();

    StreamConsumer other = consume(connections.pool());
    awaitPartitions(other, 4);
    awaitExactly(2);
    publish();
    gate.open.countDown();

    Awaitility.await().atMost(PATIENCE).until(() -> frozen.partitions() > 0);
    publish();
    awaitExactly(4);
  }

  @Test
  void anErrorOfTheJvmEndsNoConsumer() throws Exception {
    broker.create(topic, 1, Map.of());
    var database = new FailingOnce(connections.pool());
    consume(database);
    publish();

    awaitExactly(1);
    assertThat(database.failed).isTrue();
  }

  @Test
  void tellsHowLongARecordHasWaitedUntilItIsCounted() throws Exception {
    broker.create(topic, 1, Map.of());
    var gate = new Gate(connections.pool());
    StreamConsumer consumer = consume(gate);
    awaitPartitions(consumer, 1);
    publish();
    awaitExactly(1);
    Awaitility.await().atMost(PATIENCE).until(() -> waited(consumer).isZero());

    gate.shut();
    publish();
    gate.reached.await();

    assertThat(waited(consumer)).isGreaterThanOrEqualTo(LATER);
    gate.open.countDown();
    Awaitility.await().atMost(PATIENCE).until(() -> waited(consumer).isZero());
    awaitExactly(2);
  }

  /** As it will be told some time from now, if nothing happens. */
  private static Duration waited(StreamConsumer consumer) {
    return consumer.lag().waited(Instant.now().plus(LATER));
  }

  @Test
  void aLockedMerchantKeepsTheRecordsOfItsOwnPartitionOnlyWaiting() throws Exception {
    broker.create(topic, 4, Map.of());
    UUID locked = merchants.getFirst();
    publish();
    consume(connections.pool());
    awaitExactly(1);
    List<UUID> others =
        merchants.stream().filter(one -> partition(one, 4) != partition(locked, 4)).toList();
    assertThat(others).isNotEmpty();
    try (Connection lock = own()) {
      try (var select =
          lock.prepareStatement(
              "select 1 from analytics_totals where merchant_id = ? for update")) {
        select.setObject(1, locked);
        select.executeQuery();
      }
      publish();
      publish();

      for (UUID other : others) {
        Awaitility.await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(totals.of(other).accepted()).isEqualTo(3 * EVENTS));
      }
      assertThat(totals.of(locked).accepted()).isEqualTo(EVENTS);
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(state.reason()).contains("lock timeout"));
      lock.rollback();
    }
    awaitExactly(3);
  }

  @Test
  void aMerchantWhoseRowsCannotBeReadKeepsTheRecordsOfItsOwnPartitionOnlyWaiting()
      throws Exception {
    broker.create(topic, 4, Map.of());
    UUID unreadable = merchants.getFirst();
    List<UUID> others =
        merchants.stream().filter(one -> partition(one, 4) != partition(unreadable, 4)).toList();
    assertThat(others).isNotEmpty();
    publish();
    StreamConsumer consumer = consume(new Unreadable(connections.pool(), unreadable));
    publish();

    for (UUID other : others) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(totals.of(other).accepted()).isEqualTo(2 * EVENTS));
    }
    assertThat(totals.of(unreadable).accepted()).isZero();
    assertThat(state.reason()).contains("a row cannot be read");
    consumer.close();
    consume(connections.pool());
    awaitExactly(2);
  }

  @Test
  void aRecordThatCannotBeReadKeepsItsOwnPartitionOnlyWaiting() throws Exception {
    broker.create(topic, 4, Map.of());
    UUID after = merchants.getFirst();
    consume(connections.pool());
    publish();
    awaitExactly(1);
    List<UUID> others =
        merchants.stream().filter(one -> partition(one, 4) != partition(after, 4)).toList();
    assertThat(others).isNotEmpty();

    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            Map.of("bootstrap.servers", broker.address()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] ofALaterRelease = {EventRecord.VERSION + 1, 7};
      producer
          .send(new ProducerRecord<>(topic, partition(after, 4), null, ofALaterRelease))
          .get(PATIENCE.toSeconds(), SECONDS);
    }
    publish();
    publish();

    for (UUID other : others) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(totals.of(other).accepted()).isEqualTo(3 * EVENTS));
    }
    assertThat(totals.of(after).accepted()).isEqualTo(EVENTS);
    assertThat(state.reason()).contains("unknown version 2");
  }

  private int partition(UUID merchant, int of) {
    return BuiltInPartitioner.partitionForKey(new RecordBuilder(merchant).end(topic).key(), of);
  }

  /** A connection that no limit of the service's ends. */
  private Connection own() throws SQLException {
    Connection connection =
        DriverManager.getConnection(url, Postgres.Database.USER, Postgres.Database.PASSWORD);
    connection.setAutoCommit(false);
    return connection;
  }

  @Test
  void onlyWhoeverTookAPartitionLastCountsItsRecords() throws Exception {
    UUID merchant = merchants.getFirst();
    var partition = new PartitionOffsets.Partition(UUID.randomUUID(), 0);
    List<RecordCounter.Placed> records = List.of(placed(partition, 7, "a"));
    var counter = new RecordCounter(counting, properties);
    PartitionOffsets.Taken before = offsets.take(partition);
    PartitionOffsets.Taken now = offsets.take(partition);

    assertThatThrownBy(() -> counter.count(records, Map.of(partition, before)))
        .isInstanceOf(FencedException.class);
    assertThat(totals.of(merchant).accepted()).isZero();
    assertThat(offsets.all()).containsEntry(partition, 0L);
    var progress = counter.count(records, Map.of(partition, now));
    counter.count(records, progress.partitions());
    assertThat(totals.of(merchant).accepted()).isEqualTo(EVENTS);
    assertThat(offsets.all()).containsEntry(partition, 8L);
  }

  /** A record of the first merchant. */
  private RecordCounter.Placed placed(PartitionOffsets.Partition partition, long offset, String ids)
      throws UnreadableRecordException {
    UUID merchant = merchants.getFirst();
    var record = new RecordBuilder(merchant);
    record.add(
        body(merchant, null, ids), new BitSet(), new Totals.Counts(EVENTS, 0, 0, 0, 0, 0, 0));
    return new RecordCounter.Placed(partition, offset, EventRecord.read(record.end(topic).value()));
  }

  /** As after a crash of the database that took asynchronous commits back. */
  @Test
  void goesOnFromNoOffsetThatTheDatabaseHasLost() throws Exception {
    var partition = new PartitionOffsets.Partition(UUID.randomUUID(), 0);
    var counter = new RecordCounter(counting, properties);
    PartitionOffsets.Taken own = offsets.take(partition);
    RecordCounter.Progress first =
        counter.count(List.of(placed(partition, 0, "a")), Map.of(partition, own));
    back(partition.topicId());

    assertThatThrownBy(() -> counter.count(List.of(placed(partition, 1, "b")), first.partitions()))
        .isInstanceOf(FencedException.class);
    assertThatThrownBy(() -> offsets.check(first.partitions())).isInstanceOf(FencedException.class);
    assertThat(totals.of(merchants.getFirst()).accepted()).isEqualTo(EVENTS);
    assertThat(offsets.take(partition).next()).isZero();
  }

  private void back(UUID topicId) {
    jdbc.sql("update analytics_offsets set next_offset = 0 where topic_id = ?")
        .param(topicId)
        .update();
  }

  /** The database forgets a commit while the consumer is idle; no other record comes. */
  @Test
  void countsAgainWhatTheDatabaseHasLost() throws Exception {
    broker.create(topic, 1, Map.of());
    StreamConsumer consumer = consume(connections.pool());
    awaitPartitions(consumer, 1);
    publish();
    awaitExactly(1);
    for (UUID merchant : merchants) {
      for (String table : List.of("analytics_commits", "analytics_totals", "analytics_panes")) {
        jdbc.sql("delete from %s where merchant_id = ?".formatted(table)).param(merchant).update();
      }
    }
    back(PartitionOffsets.id(lookup().describe()));

    awaitExactly(1);
    publish();
    awaitExactly(2);
  }

  @Test
  void eachPartitionIsReadWhetherThereAreFewerThanConsumersOrMoreThanBefore() throws Exception {
    broker.create(topic, 1, Map.of());
    StreamConsumer one = consume(connections.pool());
    StreamConsumer other = consume(connections.pool());
    Awaitility.await().atMost(PATIENCE).until(() -> one.partitions() + other.partitions() == 1);
    publish();
    publish();
    awaitExactly(2);

    broker.grow(topic, 7);
    // The new ones have records before anybody reads them.
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              publish();
              return one.partitions() + other.partitions() == 7;
            });
    publish();

    awaitExactly(sent);
  }

  @Test
  void aKeyCountsOnceHoweverOftenItsBodyIsSent() throws Exception {
    broker.create(topic, 2, Map.of());
    for (UUID merchant : merchants) {
      publish(merchant, "key", "a");
      publish(merchant, "key", "a");
      assertThatThrownBy(() -> publish(merchant, "key", "b")).hasCauseInstanceOf(Problem.class);
    }
    consume(connections.pool());
    awaitExactly(1);
    for (UUID merchant : merchants) {
      publish(merchant, "key", "a");
      publish(merchant, "other", "b");
    }

    awaitExactly(2);
  }

  /** As after a rollback, where a newer version has answered. */
  @Test
  void aKeyWhoseAnswerCannotBeReadIsCounted() throws Exception {
    broker.create(topic, 1, Map.of());
    merchants.forEach(merchant -> publish(merchant, "key", "a"));
    jdbc.sql("update analytics_bodies set answer = '[]' where merchant_id = ?")
        .param(merchants.getFirst())
        .update();

    consume(connections.pool());

    awaitExactly(1);
  }

  /** Another replica is about to use the same key, and takes its time. */
  @Test
  void aLockedKeyKeepsNoOtherMerchantsBodyFromBeingTaken() throws Exception {
    broker.create(topic, 1, Map.of());
    UUID locked = merchants.getFirst();
    merchants.forEach(merchant -> publish(merchant, "first", "a"));
    List<CompletableFuture<IntakeResult>> answers;
    try (var together =
            WorkerPool.<Body, IntakeResult>named("together", publisher::count)
                .maxBatch(3)
                .start(new SimpleMeterRegistry());
        Connection other = own()) {
      try (var insert =
          other.prepareStatement(
              """
              insert into analytics_bodies (merchant_id, idempotency_key, fingerprint, answer,
                counted, created_at) values (?, 'key', 'other', '{}', false, current_timestamp)
              """)) {
        insert.setObject(1, locked);
        insert.executeUpdate();
      }
      answers =
          together.submitAll(
              List.of(
                  body(locked, "key", "b"),
                  body(merchants.get(1), "key", "b"),
                  body(merchants.get(2), null, "b")),
              Deadline.after(PATIENCE));
      assertThat(answers.get(1).join().response().accepted()).isEqualTo(EVENTS);
      assertThat(answers.get(2).join().response().accepted()).isEqualTo(EVENTS);
      assertThatThrownBy(answers.getFirst()::join).hasCauseInstanceOf(SQLException.class);
      other.rollback();
    }
  }

  /** As when the first answer of the database was lost. */
  @Test
  void aRecordIsRevokedHoweverOftenThatIsAskedUnlessItWasCounted() throws Exception {
    UUID merchant = merchants.getFirst();
    UUID id = TypeId.next();

    assertThat(publishing.revocation().revoke(merchant, id)).isTrue();
    assertThat(publishing.revocation().revoke(merchant, id)).isTrue();
    var partition = new PartitionOffsets.Partition(UUID.randomUUID(), 0);
    RecordCounter.Placed counted = placed(partition, 0, "a");
    new RecordCounter(counting, properties)
        .count(List.of(counted), Map.of(partition, offsets.take(partition)));
    assertThat(publishing.revocation().revoke(merchant, counted.record().id())).isFalse();
  }

  /** Nothing of it was taken, and what is sent again is late by then. */
  @Test
  void aKeyedBodyThatWasRefusedIsAnsweredAsTheFirstOfItsKey() throws Exception {
    UUID merchant = merchants.getFirst();
    Instant time = Instant.now().minus(Duration.ofHours(23));
    Instant late = Instant.now().plus(Duration.ofHours(2));
    assertThatThrownBy(() -> answer(timed(merchant, time, Instant.now())))
        .hasRootCauseInstanceOf(Problem.class);
    broker.create(topic, 1, Map.of());

    IntakeResult first =
        Awaitility.await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> answer(timed(merchant, time, late)), _ -> true);
    IntakeResult again = answer(timed(merchant, time, Instant.now()));

    assertThat(first.replayed()).isFalse();
    assertThat(first.response().late()).isOne();
    assertThat(again).isEqualTo(new IntakeResult(first.response(), true));
    consume(connections.pool());
    Awaitility.await().atMost(PATIENCE).until(() -> totals.of(merchant).late() == 1);
    assertThat(totals.of(merchant).accepted()).isZero();
  }

  private IntakeResult answer(Body body) {
    return pool.submit(body, Deadline.after(PATIENCE)).join();
  }

  /** An event under a key. */
  private Body timed(UUID merchant, Instant time, Instant now) throws SQLException {
    byte[] bytes = "{\"id\":\"e\",\"type\":\"t\",\"time\":\"%s\"}".formatted(time).getBytes(UTF_8);
    var content = parser.parse(bytes, EventFormat.LINES, merchant, vocabularies.of(merchant), now);
    return new Body(merchant, content, new Body.Key("key", "fingerprint"), bytes.length);
  }

  /** The same events come again, and are no duplicates: nothing of them was taken. */
  @Test
  @Proves("the broker of Kafka is away, and")
  void takesNothingWhileTheBrokerRefuses() throws Exception {
    assertRefused("the topic " + topic + " does not exist");
    broker.create(topic, 2, Map.of("max.message.bytes", "100"));
    assertRefused("larger than the max message size");
    broker.set(topic, "max.message.bytes", "1000000");
    consume(connections.pool());

    Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> accepted() == EVENTS);
    merchants.subList(1, merchants.size()).forEach(merchant -> publish(merchant, null, "same"));

    awaitExactly(1);
    assertThat(state.reason()).isNull();
  }

  private int accepted() {
    return publish(merchants.getFirst(), null, "same").accepted();
  }

  private void assertRefused(String reason) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThatThrownBy(this::accepted)
                  .hasRootCauseInstanceOf(Problem.class)
                  .hasMessageContaining("none of these events was accepted");
              assertThat(state.reason()).contains(reason);
            });
  }

  /** The broker has records that it could not acknowledge in time: they are never counted. */
  @Test
  @Proves("the broker of Kafka is away, and")
  void whatWasNotAcknowledgedIsNotCountedWhenItComesAgain() throws Exception {
    broker.create(topic, 2, Map.of());
    publish();
    broker.freeze();
    try {
      assertThatThrownBy(this::accepted).hasRootCauseInstanceOf(Problem.class);
    } finally {
      broker.thaw();
    }
    Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> accepted() == EVENTS);
    merchants.subList(1, merchants.size()).forEach(merchant -> publish(merchant, null, "same"));
    consume(connections.pool());

    awaitExactly(2);
  }

  @Test
  @Tag("long")
  @Proves("the broker of Kafka is away, and")
  void goesOnWhenTheBrokerWasKilled() throws Exception {
    broker.create(topic, 2, Map.of());
    consume(connections.pool());
    publish();
    awaitExactly(1);
    broker.kill();
    try {
      assertThatThrownBy(this::accepted).hasRootCauseInstanceOf(Problem.class);
    } finally {
      broker.start();
    }
    Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> accepted() == EVENTS);
    merchants.subList(1, merchants.size()).forEach(merchant -> publish(merchant, null, "same"));

    awaitExactly(2);
  }
}
