package io.quittance.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Gives requests all connections of a pool but one. Look-ups of keys and rules, which payments wait
 * for, run on threads of their own and find that one, however many lists hang. Thread-safe.
 */
final class RequestShare extends DelegatingDataSource {

  private final Semaphore places;
  private final Duration patience;

  /**
   * @param size of the pool; at least 2
   * @param patience how long a request waits for a place
   */
  RequestShare(DataSource pool, int size, Duration patience) {
    super(pool);
    this.places = new Semaphore(size - 1, true);
    this.patience = patience;
  }

  /**
   * @throws SQLTransientConnectionException no place was free in time, or the pool says so
   */
  @Override
  public Connection getConnection() throws SQLException {
    return RequestContextHolder.getRequestAttributes() == null
        ? super.getConnection()
        : limitedConnection();
  }

  private Connection limitedConnection() throws SQLException {
    try {
      if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new SQLTransientConnectionException(
            "all connections for requests were in use for " + patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
    }
    try {
      return returningItsPlace(super.getConnection());
    } catch (SQLException | RuntimeException e) {
      places.release();
      throw e;
    }
  }

  private Connection returningItsPlace(Connection connection) {
    var taken = new AtomicBoolean(true);
    return (Connection)
        Proxy.newProxyInstance(
            RequestShare.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (method.getName().equals("close") && taken.getAndSet(false)) {
                  places.release();
                }
              }
            });
  }
}
