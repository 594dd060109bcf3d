package io.quittance.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;

/** A connection whose statements are canceled after a limit, so that the next one has it soon. */
final class BriefConnection {

  private BriefConnection() {}

  /**
   * @param seconds that each of its statements may take
   */
  static Connection of(Connection connection, int seconds) {
    return (Connection)
        Proxy.newProxyInstance(
            BriefConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              try {
                Object result = method.invoke(connection, arguments);
                if (result instanceof Statement statement) {
                  statement.setQueryTimeout(seconds);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
