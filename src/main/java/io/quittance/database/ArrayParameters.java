package io.quittance.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Binds arrays to a statement's parameters. PostgreSQL and H2 both take them for {@code = any(?)}
 * and {@code unnest(cast(? as … array))}.
 */
public final class ArrayParameters {

  private ArrayParameters() {}

  /**
   * Binds an array.
   *
   * @param index from 1 on
   * @param type the SQL type of its elements; times travel as {@code varchar} and are cast
   */
  public static void bind(
      PreparedStatement statement, int index, String type, @Nullable Object... values)
      throws SQLException {
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }

  /** Binds one column of rows, like {@link #bind(PreparedStatement, int, String, Object...)}. */
  public static <R> void bind(
      PreparedStatement statement,
      int index,
      String type,
      Collection<R> rows,
      Function<? super R, ? extends @Nullable Object> value)
      throws SQLException {
    var values = new @Nullable Object[rows.size()];
    int i = 0;
    for (R row : rows) {
      values[i++] = value.apply(row);
    }
    bind(statement, index, type, values);
  }

  /** Binds ids. */
  public static void bindIds(PreparedStatement statement, int index, Collection<UUID> ids)
      throws SQLException {
    bind(statement, index, "uuid", ids.toArray());
  }
}
