package io.quittance.database;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** Limits requests to their {@link RequestShare} of the pool for reads, which is Spring Boot's. */
@Component
class RequestShares implements BeanPostProcessor {

  private static final String READS = "dataSource";

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return name.equals(READS) && bean instanceof HikariDataSource pool
        ? new RequestShare(
            pool, pool.getMaximumPoolSize(), Duration.ofMillis(pool.getConnectionTimeout()))
        : bean;
  }
}
