package io.quittance.database;

import io.quittance.concurrency.FairPlaces;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Divides a pool, so that what hangs takes the connections of its own kind only: some are for
 * requests, of which one party's leave one to the others; some are for jobs that no request waits
 * for; and one is for the look-ups of {@link ReservedConnection}. Thread-safe.
 */
final class PoolShares extends DelegatingDataSource {

  private final FairPlaces<Object> requests;
  private final FairPlaces<Object> jobs;
  private final RequestParty party;
  private final Duration patience;

  /**
   * @param size of the pool; with 5 there are two places for requests and two for jobs, with less
   *     than 3 they do not keep clear of the look-ups
   * @param patience how long a request or a job waits for a place
   */
  PoolShares(DataSource pool, int size, RequestParty party, Duration patience) {
    super(pool);
    int shared = size - 1;
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
    if (ReservedConnection.isAllowed()) {
      return super.getConnection();
    }
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    // A job is nobody's: each is a party of its own.
    return request == null
        ? connection(jobs, new Object())
        : connection(requests, party.of(request));
  }

  private Connection connection(FairPlaces<Object> places, Object holder) throws SQLException {
    try {
      if (!places.take(holder, patience)) {
        throw new SQLTransientConnectionException(
            "all %d connections for this were in use for %s".formatted(places.size(), patience));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
    try {
      return returningItsPlace(super.getConnection(), () -> places.giveBack(holder));
    } catch (SQLException | RuntimeException e) {
      places.giveBack(holder);
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
