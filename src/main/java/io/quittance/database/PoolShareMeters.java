package io.quittance.database;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** Metrics of the shares of the pool for reads ({@link PoolShares}). */
@Component
final class PoolShareMeters implements MeterBinder {

  private final DataSource reads;

  PoolShareMeters(DataSource reads) {
    this.reads = reads;
  }

  /** Called by Spring Boot when the registry exists, which is after the pool. */
  @Override
  public void bindTo(MeterRegistry registry) {
    if (reads instanceof PoolShares shares) {
      shares.bindTo(registry);
    }
  }
}
