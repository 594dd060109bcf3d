package io.quittance.access;

import io.quittance.identity.RateLimit;
import io.quittance.identity.Terms;
import io.quittance.web.DeadlineProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.springframework.stereotype.Component;

/** Reads the terms of merchants from their rows; null values come from the configuration. */
@Component
final class TermsReader {

  /** The columns, of merchants called {@code m}. */
  static final String COLUMNS =
      """
      m.enabled, m.deadline_max_ms, m.requests_per_second as merchant_requests_per_second,
      m.burst as merchant_burst
      """;

  private final int deadlineMaxMs;
  private final RateLimitProperties rateLimit;

  TermsReader(DeadlineProperties deadlines, RateLimitProperties rateLimit) {
    this.deadlineMaxMs = deadlines.maxMs();
    this.rateLimit = rateLimit;
  }

  Terms read(ResultSet rs) throws SQLException {
    return new Terms(
        rs.getBoolean("enabled"),
        Math.min(deadlineMaxMs, or(rs, "deadline_max_ms", deadlineMaxMs)),
        new RateLimit(
            or(rs, "merchant_requests_per_second", rateLimit.requestsPerSecond()),
            or(rs, "merchant_burst", rateLimit.burst())));
  }

  private static int or(ResultSet rs, String column, int otherwise) throws SQLException {
    int value = rs.getInt(column);
    return rs.wasNull() ? otherwise : value;
  }
}
