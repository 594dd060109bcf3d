package io.quittance.web.query;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import io.quittance.web.Problem;
import io.quittance.web.Rfc3339;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.catalina.Globals;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of a route, read strictly: unknown, repeated or undecodable parameters are
 * errors, so that a typo never widens a search. All errors are reported together.
 */
public final class QueryParameters {

  private static final OffsetDateTime LAST = OffsetDateTime.parse("9999-12-31T23:59:59.999999Z");

  /** At most as many digits as a {@code long} can hold. */
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private static final Pattern REFERENCE = Pattern.compile("[^\\p{Cntrl}]{1,255}");

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
    // Tomcat drops a parameter that it cannot decode, and only sets this attribute; or it reads
    // U+FFFD instead.
    if (request.getAttribute(Globals.PARAMETER_PARSE_FAILED_ATTR) != null
        || !isUtf8(request.getQueryString())) {
      query.errors.add(
          new InputError("", Code.INVALID_FORMAT, "The query must be percent-encoded UTF-8."));
    }
    query.values.forEach(
        (name, given) -> {
          if (!known.contains(name)) {
            query.reject(
                name, Code.UNKNOWN_FIELD, "is not a parameter of this route" + allowed(known));
          } else if (given.length > 1) {
            query.reject(name, Code.REPEATED, InputError.ONCE);
          }
        });
    return query;
  }

  private static String allowed(Set<String> known) {
    return known.isEmpty()
        ? "; there are none"
        : "; the parameters are " + String.join(", ", new TreeSet<>(known));
  }

  private static boolean isUtf8(@Nullable String query) {
    if (query == null || query.indexOf('%') < 0) {
      return true;
    }
    try {
      byte[] bytes = URLDecoder.decode(query, ISO_8859_1).getBytes(ISO_8859_1);
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The value of a parameter; null: it is missing. */
  public @Nullable String text(String name) {
    String[] given = values.get(name);
    return given == null ? null : given[0];
  }

  /**
   * The parsed value of a parameter; null: it is missing or invalid.
   *
   * @param parser throws {@link IllegalArgumentException}, best a {@link InvalidInputException},
   *     with what the parameter must be
   */
  public <T> @Nullable T read(String name, Function<String, T> parser) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      reject(name, InvalidInputException.codeOf(e), String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * Adds an error of a parameter.
   *
   * @param rule as in {@link InputError#of}
   */
  public void reject(String name, Code code, String rule) {
    errors.add(InputError.of(name, code, rule));
  }

  /** Throws the errors, if there are any. */
  public void check() {
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
  }

  /**
   * The requested page; throws the errors, if there are any.
   *
   * @param filters as in {@link PageRequest}
   */
  public PageRequest page(String filters) {
    check();
    return PageRequest.of(text("limit"), text("cursor"), filters);
  }

  /**
   * An instant as {@link Rfc3339} has it, to the microsecond. A finer one is rounded up: then as
   * many whole microseconds are before it as were before.
   *
   * @throws IllegalArgumentException with what the text must be
   */
  public static OffsetDateTime instant(String text) {
    OffsetDateTime time = Rfc3339.parse(text).atOffset(ZoneOffset.UTC);
    OffsetDateTime micros = time.truncatedTo(ChronoUnit.MICROS);
    // The last one of the year 9999 has none after it.
    return micros.equals(time) || micros.equals(LAST) ? micros : micros.plus(1, ChronoUnit.MICROS);
  }

  /**
   * A reference: 1 to 255 characters, none of them a control.
   *
   * @throws IllegalArgumentException with what the text must be
   */
  public static String reference(String text) {
    if (!REFERENCE.matcher(text).matches()) {
      throw new IllegalArgumentException("must be 1 to 255 characters, none of them a control");
    }
    return text;
  }

  /**
   * A whole number in plain digits.
   *
   * @throws IllegalArgumentException with what the text must be
   */
  public static long number(String text, long min, long max) {
    String rule = InvalidInputException.wholeNumber(min, max);
    if (!DIGITS.matcher(text).matches()) {
      throw new InvalidInputException(Code.INVALID_FORMAT, rule + " in plain digits");
    }
    long number = Long.parseLong(text);
    if (number < min || number > max) {
      throw new InvalidInputException(Code.OUT_OF_RANGE, rule + ", not " + number);
    }
    return number;
  }
}
