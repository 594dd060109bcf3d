package io.quittance.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.jdbc.core.RowMapper;

/**
 * Rows of many merchants, of which one may be unreadable: a newer version wrote it before it was
 * rolled back. It must not keep the others from being read. Used for one query, on one thread.
 */
public final class UnreadableRows {

  private @Nullable RuntimeException first;
  private String firstName = "";
  private int count;

  /**
   * What a row says; null if it cannot be read.
   *
   * @param name what the log calls the row
   * @throws SQLException the query failed, whichever row it is
   */
  public <T> @Nullable T readOrNull(ResultSet rs, RowMapper<T> mapper, String name)
      throws SQLException {
    try {
      return mapper.mapRow(rs, 0);
    } catch (RuntimeException e) {
      if (first == null) {
        first = e;
        firstName = name;
      }
      count++;
      return null;
    }
  }

  /**
   * Warns of the rows that could not be read, if there are any: in one line, however many.
   *
   * @param consequence what follows for them
   */
  public void warn(Logger log, String consequence) {
    if (first != null) {
      log.warn(
          "{}, because their rows cannot be read: {} is the first of {}; {}",
          consequence,
          firstName,
          count,
          first.toString());
    }
  }
}
