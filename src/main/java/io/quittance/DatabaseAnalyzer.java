package io.quittance;

import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/** Explains a start that failed because of the database or its schema. */
class DatabaseAnalyzer implements FailureAnalyzer {

  private final Environment environment;

  DatabaseAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    FlywayException schema = find(failure, FlywayException.class);
    SQLException refusal = find(failure, SQLException.class);
    if (schema == null && refusal == null) {
      return null;
    }
    return StartFailure.because(
        "its database cannot be used",
        List.of(
            refusal == null
                ? "the schema: " + schema(schema)
                : DatabaseFailure.of(environment).reason(refusal)),
        refusal == null
            ? "Start the version that this database was last used with, or a newer one."
            : DatabaseFailure.REMEDY,
        failure);
  }

  private static String schema(@Nullable FlywayException e) {
    return e == null ? "" : String.valueOf(e.getMessage()).strip().replaceAll("\\R+", " ");
  }

  private static <T> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
