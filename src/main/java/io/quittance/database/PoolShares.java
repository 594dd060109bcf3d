package io.quittance.database;

import io.micrometer.core.instrument.MeterRegistry;
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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Divides a connection pool into shares, so that work that hangs takes only connections of its own
 * share. In each share, one party leaves a connection to the others.
 *
 * <ul>
 *   <li>Requests. A party is a merchant, or whoever else asks ({@link RequestParty}).
 *   <li>Jobs that no request waits for. A party is a group of jobs ({@link
 *       ReservedConnection#forJobs}), or a job without a group.
 *   <li>Reads of changes ({@link ReservedConnection#forChange}). There is one connection for them.
 *   <li>Look-ups ({@link ReservedConnection#of}). A party is a kind of look-ups, so that one kind
 *       that hangs keeps no other kind waiting.
 * </ul>
 *
 * Changes and look-ups may also use free connections of requests. Thread-safe.
 */
final class PoolShares extends DelegatingDataSource {

  /**
   * Two merchants' requests that wait for locked rows keep the others' waiting for as long. Those
   * give up after the patience below.
   */
  private static final int LOCK_LIMIT_MS = 500;

  /** In smaller pools, there is one connection for look-ups. */
  private static final int SIZE_FOR_TWO_LOOK_UPS = 7;

  /** All look-ups are one party among requests, so they leave a connection to these. */
  private static final Object ALL_LOOK_UPS = new Object();

  private final PoolShare requests;
  private final PoolShare changes = new PoolShare("changes", 1);
  private final PoolShare lookUps;
  private final PoolShare jobs;
  private final RequestParty party;
  private final Duration patience;

  /**
   * @param size the size of the pool; with 7 there are two places for requests, two for jobs and
   *     two for look-ups; with less than 4 there are no places of their own for changes and
   *     look-ups
   * @param patience how long a request or a job waits for a place
   */
  PoolShares(DataSource pool, int size, RequestParty party, Duration patience) {
    super(pool);
    int ofLookUps = size < SIZE_FOR_TWO_LOOK_UPS ? 1 : 2;
    int others = size - 1 - ofLookUps;
    this.lookUps = new PoolShare("look-ups", ofLookUps);
    this.requests = new PoolShare("requests", Math.max(1, (others + 1) / 2));
    this.jobs = new PoolShare("jobs", Math.max(1, others / 2));
    this.party = party;
    this.patience = patience;
  }

  /**
   * Adds the metrics. Those of the pool do not show these waits, because it is asked only when a
   * connection is free.
   */
  void bindTo(MeterRegistry registry) {
    List.of(requests, changes, lookUps, jobs).forEach(share -> share.bindTo(registry));
  }

  /**
   * @throws SQLTransientConnectionException no place was free in time, or the pool had no
   *     connection
   */
  @Override
  public Connection getConnection() throws SQLException {
    return switch (ReservedConnection.use()) {
      case Use.LookUp(String kind) -> ownOrOfRequests(lookUps, kind, ALL_LOOK_UPS);
      case Use.Change(Object who) -> ownOrOfRequests(changes, who, who);
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

  /**
   * A connection of a share, or one of the requests' if only these are free.
   *
   * @param amongRequests the party, if it is one of theirs
   */
  private Connection ownOrOfRequests(PoolShare own, Object who, Object amongRequests)
      throws SQLException {
    if (own.takeNow(who)) {
      return on(own, who, false);
    }
    if (requests.takeNow(amongRequests)) {
      return on(requests, amongRequests, false);
    }
    return connection(own, who);
  }

  private Connection connection(PoolShare share, Object who) throws SQLException {
    share.takeWithin(patience, who);
    return on(share, who, false);
  }

  private Connection on(PoolShare share, Object who, boolean limitsLocks) throws SQLException {
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
