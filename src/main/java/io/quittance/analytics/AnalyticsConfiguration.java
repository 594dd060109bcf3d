package io.quittance.analytics;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.analytics.event.EventParser;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.database.DedicatedPool;
import io.quittance.web.BodyLimit;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What analytics needs of its own: connections, and larger bodies on one route. */
@Configuration(proxyBeanMethods = false)
class AnalyticsConfiguration {

  private static final String POOL = "analytics";

  /** One connection for each counter of events and one for look-ups; none while no events come. */
  @Bean(defaultCandidate = false)
  @Qualifier(POOL)
  HikariDataSource analyticsPool(DataSourceProperties database, AnalyticsProperties properties) {
    HikariDataSource pool = DedicatedPool.limited(database, POOL, properties.connections());
    pool.setAutoCommit(false);
    return pool;
  }

  @Bean
  AnalyticsConnections analyticsConnections(@Qualifier(POOL) HikariDataSource pool) {
    return new AnalyticsConnections(pool);
  }

  @Bean
  EventParser eventParser() {
    return new EventParser();
  }

  @Bean
  BodyLimit eventBodies() {
    return new BodyLimit("POST", "/v1/analytics/events", EventParser.BYTES_MAX);
  }
}
