package io.quittance.database;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.pool.FairPlaces;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The places of one of the {@link PoolShares}, and those that wait for them. Thread-safe. */
final class PoolShare {

  private final String name;
  private final FairPlaces<Object> places;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  PoolShare(String name, int size) {
    this.name = name;
    this.places = new FairPlaces<>(size);
  }

  /** Takes a connection if one is free; returns whether there was one. */
  boolean takeNow(Object who) throws SQLTransientConnectionException {
    return take(who, Duration.ZERO);
  }

  /**
   * @throws SQLTransientConnectionException none was free in time
   */
  void takeWithin(Duration limit, Object who) throws SQLTransientConnectionException {
    if (takeNow(who)) {
      return;
    }
    waiting.incrementAndGet();
    try {
      if (!take(who, limit)) {
        refused.increment();
        throw new SQLTransientConnectionException(
            "all %d connections for %s were in use for %s".formatted(places.size(), name, limit));
      }
    } finally {
      waiting.decrementAndGet();
    }
  }

  private boolean take(Object who, Duration limit) throws SQLTransientConnectionException {
    try {
      return places.take(who, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
  }

  void giveBack(Object who) {
    places.giveBack(who);
  }

  void bindTo(MeterRegistry registry) {
    Gauge.builder("quittance.connections.waiting", waiting, AtomicInteger::get)
        .description("Callers that wait for a connection of this share of the pool for reads")
        .tag("share", name)
        .register(registry);
    FunctionCounter.builder("quittance.connections.refused", refused, LongAdder::sum)
        .description("Callers that got no connection of this share in time")
        .tag("share", name)
        .register(registry);
  }
}
