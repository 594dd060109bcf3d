package io.quittance.web;

import io.quittance.web.Problem.InputError;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.catalina.Globals;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of a route, read strictly: one that it does not know, is there twice or
 * cannot be decoded is an error, so that a typo never widens a search. All errors are reported
 * together.
 */
public final class QueryParameters {

  private static final int YEAR_MAX = 9999;

  private final Map<String, String[]> values;
  private final List<InputError> errors = new ArrayList<>();

  private QueryParameters(Map<String, String[]> values) {
    this.values = values;
  }

  /**
   * @param known the names that the route takes, of a list {@code limit} and {@code cursor}
   *     included
   */
  public static QueryParameters of(HttpServletRequest request, Set<String> known) {
    var query = new QueryParameters(request.getParameterMap());
    // Tomcat leaves out what it cannot decode, and says so here only.
    if (request.getAttribute(Globals.PARAMETER_PARSE_FAILED_ATTR) != null) {
      query.reject("query", "malformed_query", "cannot be decoded");
    }
    query.values.forEach(
        (name, given) -> {
          if (!known.contains(name)) {
            query.reject(name, "unknown_parameter", "is not a parameter here");
          } else if (given.length > 1) {
            query.reject(name, "repeated_parameter", "is there more than once");
          }
        });
    return query;
  }

  /** The text of a parameter that is there. */
  public @Nullable String text(String name) {
    String[] given = values.get(name);
    return given == null ? null : given[0];
  }

  /**
   * What a parser makes of a parameter that is there; null if it refuses.
   *
   * @param parser throws {@link IllegalArgumentException} with what the parameter must be
   */
  public <T> @Nullable T read(String name, Function<String, T> parser) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      reject(name, "invalid", String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Notes that a parameter is wrong. */
  public void reject(String name, String code, String detail) {
    errors.add(new InputError(name, code, detail));
  }

  /** Throws what was found to be wrong, if anything was. */
  public void check() {
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
  }

  /**
   * The page that is asked for; throws what was found to be wrong, if anything was.
   *
   * @param filters as in {@link PageRequest}
   */
  public PageRequest page(String filters) {
    check();
    return PageRequest.of(text("limit"), text("cursor"), filters);
  }

  /**
   * An instant in RFC 3339, to the microsecond. A finer one is rounded up: then as many whole
   * microseconds are before it as were before.
   */
  public static OffsetDateTime instant(String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
      OffsetDateTime micros = time.truncatedTo(ChronoUnit.MICROS);
      OffsetDateTime rounded = micros.equals(time) ? micros : micros.plus(1, ChronoUnit.MICROS);
      if (rounded.getYear() >= 1 && rounded.getYear() <= YEAR_MAX) {
        return rounded;
      }
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("must be an instant like 2026-01-31T12:00:00.000Z", e);
    }
    throw new IllegalArgumentException("must be in the years 1 to " + YEAR_MAX);
  }
}
