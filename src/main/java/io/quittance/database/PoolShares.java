package io.quittance.database;

import io.quittance.concurrency.FairPlaces;
import io.quittance.database.ReservedConnection.Use;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Divides a pool, so that what hangs takes the connections of its own kind only: some are for
 * requests, of which one party's leave one to the others; some are for jobs that no request waits
 * for; one is for what changes are about ({@link ReservedConnection#forChange}), which may have
 * those of requests, too, while these are free; and one is for the look-ups of {@link
 * ReservedConnection#of}. Thread-safe.
 */
final class PoolShares extends DelegatingDataSource {

  private final FairPlaces<Object> requests;
  private final FairPlaces<Object> changes = new FairPlaces<>(1);
  private final FairPlaces<Object> jobs;
  private final RequestParty party;
  private final Duration patience;

  /**
   * @param size of the pool; with 6 there are two places for requests and two for jobs, with less
   *     than 4 they do not keep clear of changes and look-ups
   * @param patience how long a request or a job waits for a place
   */
  PoolShares(DataSource pool, int size, RequestParty party, Duration patience) {
    super(pool);
    int shared = size - 2;
    this.requests = new FairPlaces<>(Math.max(1, (shared + 1) / 2));
    this.jobs = new FairPlaces<>(Math.max(1, shared / 2));
    this.party = party;
    this.patience = patience;
  }

  /**
   * @throws SQLTransientConnectionException no place was free in time, or the pool says so
   */
  @Override
  public Connection getConnection() throws SQLException {
    return switch (ReservedConnection.use()) {
      case Use.LookUp _ -> super.getConnection();
      case Use.Change(Object who) -> ofChange(who);
      case Use.Other _ -> ofRequestOrJob();
    };
  }

  private Connection ofRequestOrJob() throws SQLException {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request == null) {
      // A job is nobody's: each is a party of its own.
      return connection(jobs, new Object());
    }
    return connection(requests, party.of(request));
  }

  private Connection ofChange(Object who) throws SQLException {
    for (FairPlaces<Object> places : List.of(changes, requests)) {
      if (take(places, who, Duration.ZERO)) {
        return on(places, who);
      }
    }
    return connection(changes, who);
  }

  private Connection connection(FairPlaces<Object> places, Object who) throws SQLException {
    if (!take(places, who, patience)) {
      throw new SQLTransientConnectionException(
          "all %d connections for this were in use for %s".formatted(places.size(), patience));
    }
    return on(places, who);
  }

  private static boolean take(FairPlaces<Object> places, Object who, Duration limit)
      throws SQLTransientConnectionException {
    try {
      return places.take(who, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
  }

  private Connection on(FairPlaces<Object> places, Object who) throws SQLException {
    try {
      return returningItsPlace(super.getConnection(), () -> places.giveBack(who));
    } catch (SQLException | RuntimeException e) {
      places.giveBack(who);
      throw e;
    }
  }

  private static Connection returningItsPlace(Connection connection, Runnable giveBack) {
    var taken = new AtomicBoolean(true);
    return (Connection)
        Proxy.newProxyInstance(
            PoolShares.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (method.getName().equals("close") && taken.getAndSet(false)) {
                  giveBack.run();
                }
              }
            });
  }
}
