package io.quittance.database;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** Lets it be seen who waits for the shares of the pool for reads ({@link PoolShares}). */
@Component
final class PoolShareMeters implements MeterBinder {

  private final DataSource reads;

  PoolShareMeters(DataSource reads) {
    this.reads = reads;
  }

  /** Spring Boot calls it when the registry has been made, which is after the pool. */
  @Override
  public void bindTo(MeterRegistry registry) {
    if (reads instanceof PoolShares shares) {
      shares.bindTo(registry);
    }
  }
}
