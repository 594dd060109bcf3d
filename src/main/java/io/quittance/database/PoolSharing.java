package io.quittance.database;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** Divides the pool for reads, which is Spring Boot's, into {@link PoolShares}. */
@Component
class PoolSharing implements BeanPostProcessor {

  private static final String READS = "dataSource";

  private final ObjectProvider<RequestParty> party;

  /** Resolved lazily: the pool is created before the beans. */
  PoolSharing(ObjectProvider<RequestParty> party) {
    this.party = party;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return name.equals(READS) && bean instanceof HikariDataSource pool
        ? new PoolShares(
            pool,
            pool.getMaximumPoolSize(),
            request -> party.getObject().of(request),
            Duration.ofMillis(pool.getConnectionTimeout()))
        : bean;
  }
}
