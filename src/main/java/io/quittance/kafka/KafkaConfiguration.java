package io.quittance.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.DedicatedPool;
import io.quittance.database.Dialect;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The beans of the relay, if a broker is configured. */
@Configuration(proxyBeanMethods = false)
@Conditional(KafkaSwitch.class)
class KafkaConfiguration {

  private static final String POOL = "kafka";
  private static final int CONNECTIONS = 2;

  /** The shards that are known to have waiting events. */
  static final class WaitingShards {

    private final Set<Integer> shards = ConcurrentHashMap.newKeySet();
  }

  /**
   * A dedicated pool, so that reading and deleting a long backlog takes no connections from other
   * work.
   */
  @Bean(defaultCandidate = false)
  @Qualifier(POOL)
  HikariDataSource kafkaPool(DataSourceProperties database) {
    HikariDataSource pool = DedicatedPool.limited(database, POOL, CONNECTIONS);
    pool.setMinimumIdle(1);
    return pool;
  }

  @Bean
  WaitingShards shardsThatWait() {
    return new WaitingShards();
  }

  @Bean
  OutboxRows.Factory outboxRows(JdbcClient jdbc, WaitingShards woken) {
    return new OutboxRows.Factory(jdbc, woken.shards::add);
  }

  @Bean
  FailureState relayState() {
    return new FailureState(
        "Events wait in the database, and are sent to Kafka later",
        "Events are sent to Kafka again");
  }

  @Bean
  ClientSettings kafkaClientSettings(KafkaProperties properties) {
    return new ClientSettings(properties);
  }

  @Bean
  RelayMeters relayMeters(MeterRegistry registry, FailureState state, Clock clock) {
    return new RelayMeters(registry, state, clock);
  }

  @Bean
  Relay kafkaRelay(
      @Qualifier(POOL) DataSource pool,
      Dialect dialect,
      KafkaProperties properties,
      ObjectMapper json,
      FailureState state,
      RelayMeters meters,
      WaitingShards woken,
      MeterRegistry registry) {
    return new Relay(
        shared(pool, dialect, properties, json, state, meters), woken.shards, registry);
  }

  static ShardRelay.Shared shared(
      DataSource pool,
      Dialect dialect,
      KafkaProperties properties,
      ObjectMapper json,
      FailureState state,
      RelayMeters meters) {
    var jdbc = new JdbcTemplate(pool);
    var transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
    var settings = new ClientSettings(properties);
    return new ShardRelay.Shared(
        new Outbox(jdbc, transactions, dialect),
        new ShardLeases(jdbc, transactions, dialect, properties.lease()),
        new EventTopic(properties.events(), settings, jdbc),
        new EventRecords(json, properties.events()),
        settings,
        meters,
        state);
  }

  @Bean
  RelayHealth kafkaRelayHealthIndicator(Relay relay, FailureState state, RelayMeters meters) {
    return new RelayHealth(relay, state, meters);
  }
}
