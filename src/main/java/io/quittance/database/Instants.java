package io.quittance.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Instants in columns of the type {@code timestamp with time zone}. */
public final class Instants {

  private Instants() {}

  /** Reads a column that is never null. */
  public static Instant read(ResultSet rs, String column) throws SQLException {
    return Objects.requireNonNull(readOrNull(rs, column), column);
  }

  /** Reads a column that may be null. */
  public static @Nullable Instant readOrNull(ResultSet rs, String column) throws SQLException {
    OffsetDateTime time = rs.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** An instant as a parameter of a statement. */
  public static OffsetDateTime parameter(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
