package io.quittance.database;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.pool.FairPlaces;
import io.quittance.database.ReservedConnection.Use;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Divides a connection pool into shares, so that work that hangs takes only connections of its own
 * share. Some are for requests, of which one party must leave one to the others; some are for jobs
 * that no request waits for, of which those that belong together ({@link
 * ReservedConnection#forJobs}) leave one, too; one is for the reads of changes ({@link
 * ReservedConnection#forChange}), which may also use free ones of requests; and one is for the
 * look-ups of {@link ReservedConnection#of}. Thread-safe.
 */
final class PoolShares extends DelegatingDataSource {

  /** The connections of one share, and those that wait for them. */
  private static final class Share {

    private final String name;
    private final FairPlaces<Object> places;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    Share(String name, int size) {
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

  /**
   * Two merchants' requests that wait for locked rows keep the others' waiting for as long. Those
   * give up after the patience below.
   */
  private static final int LOCK_LIMIT_MS = 500;

  private final Share requests;
  private final Share changes = new Share("changes", 1);
  private final Share jobs;
  private final RequestParty party;
  private final Duration patience;

  /**
   * @param size the size of the pool; with 6 there are two places for requests and two for jobs;
   *     with less than 4 there are no places of their own for changes and look-ups
   * @param patience how long a request or a job waits for a place
   */
  PoolShares(DataSource pool, int size, RequestParty party, Duration patience) {
    super(pool);
    int shared = size - 2;
    this.requests = new Share("requests", Math.max(1, (shared + 1) / 2));
    this.jobs = new Share("jobs", Math.max(1, shared / 2));
    this.party = party;
    this.patience = patience;
  }

  /**
   * Adds the metrics. Those of the pool do not show these waits, because it is asked only when a
   * connection is free.
   */
  void bindTo(MeterRegistry registry) {
    List.of(requests, changes, jobs).forEach(share -> share.bindTo(registry));
  }

  /**
   * @throws SQLTransientConnectionException no place was free in time, or the pool had no
   *     connection
   */
  @Override
  public Connection getConnection() throws SQLException {
    return switch (ReservedConnection.use()) {
      case Use.LookUp _ -> super.getConnection();
      case Use.Change(Object who) -> ofChange(who);
      case Use.Job(Object who) -> connection(jobs, who);
      case Use.Other _ -> ofRequestOrJob();
    };
  }

  private Connection ofRequestOrJob() throws SQLException {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request == null) {
      // A job that does not say with which others it belongs is a party of its own.
      return connection(jobs, new Object());
    }
    Object who = party.of(request);
    requests.takeWithin(patience, who);
    return on(requests, who, true);
  }

  private Connection ofChange(Object who) throws SQLException {
    for (Share share : List.of(changes, requests)) {
      if (share.takeNow(who)) {
        return on(share, who, false);
      }
    }
    return connection(changes, who);
  }

  private Connection connection(Share share, Object who) throws SQLException {
    share.takeWithin(patience, who);
    return on(share, who, false);
  }

  private Connection on(Share share, Object who, boolean limitsLocks) throws SQLException {
    try {
      var lent = new Lent(super.getConnection(), () -> share.giveBack(who), limitsLocks);
      return (Connection)
          Proxy.newProxyInstance(
              PoolShares.class.getClassLoader(), new Class<?>[] {Connection.class}, lent);
    } catch (SQLException | RuntimeException e) {
      share.giveBack(who);
      throw e;
    }
  }

  /**
   * A connection that gives its place back when it is closed.
   *
   * @param limitsLocks whether what its transactions write waits for a lock no longer than {@link
   *     #LOCK_LIMIT_MS}
   */
  private record Lent(
      Connection connection, Runnable giveBack, boolean limitsLocks, AtomicBoolean taken)
      implements InvocationHandler {

    Lent(Connection connection, Runnable giveBack, boolean limitsLocks) {
      this(connection, giveBack, limitsLocks, new AtomicBoolean(true));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      try {
        Object result = method.invoke(connection, arguments);
        if (limitsLocks && method.getName().equals("setAutoCommit") && begins()) {
          limitLocks();
        }
        return result;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      } finally {
        if (method.getName().equals("close") && taken.getAndSet(false)) {
          giveBack.run();
        }
      }
    }

    /** Whether a transaction begins that may write, on PostgreSQL; H2 has no limit for one. */
    private boolean begins() throws SQLException {
      return !connection.getAutoCommit()
          && !connection.isReadOnly()
          && connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }

    private void limitLocks() throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local lock_timeout = " + LOCK_LIMIT_MS);
      }
    }
  }
}
