package io.quittance.web;

import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Thrown by parsers of single values of a request; it becomes an {@link InputError} with the name
 * of the field. The message is a rule, as in {@link InputError#of}.
 */
public final class InvalidInputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * Follows the rule for a text that is not one of the values. The text itself is not shown: it may
   * contain anything.
   */
  public static final String NOT_ONE_OF_THESE = "; the value is not one of these";

  private final InputError.Code code;

  public InvalidInputException(InputError.Code code, String rule) {
    super(rule);
    this.code = code;
  }

  /** The value with this name; refuses a text that is not one of the names. */
  public static <T> T oneOf(Iterable<T> values, Function<? super T, String> name, String text) {
    return StreamSupport.stream(values.spliterator(), false)
        .filter(value -> name.apply(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                notOneOf(
                    StreamSupport.stream(values.spliterator(), false)
                        .map(name)
                        .collect(Collectors.toList())));
  }

  private static InvalidInputException notOneOf(Collection<String> names) {
    return new InvalidInputException(InputError.Code.NOT_ONE_OF, oneOf(names) + NOT_ONE_OF_THESE);
  }

  /** A rule that lists what is allowed. */
  public static String oneOf(Collection<String> names) {
    return names.size() == 1
        ? "must be " + names.iterator().next()
        : "must be one of " + String.join(", ", names);
  }

  /** A rule for a whole number. */
  public static String wholeNumber(long min, long max) {
    return "must be a whole number from %d to %d".formatted(min, max);
  }

  InputError.Code code() {
    return code;
  }

  /** The code of an exception of a parser. */
  public static InputError.Code codeOf(IllegalArgumentException refusal) {
    return refusal instanceof InvalidInputException input
        ? input.code
        : InputError.Code.INVALID_FORMAT;
  }
}
