package io.quittance.web;

import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Thrown by whatever reads one value of a request, and becomes an {@link InputError} with the name
 * of the field. The message is a rule, as in {@link InputError#of}.
 */
public final class InvalidInputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** What is said of a text with another value: the text itself may be anything. */
  public static final String ANOTHER_TEXT = "; another text was given";

  private final InputError.Code code;

  public InvalidInputException(InputError.Code code, String rule) {
    super(rule);
    this.code = code;
  }

  /** The one of some values that has this name; refuses a text that names none of them. */
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
    return new InvalidInputException(InputError.Code.NOT_ONE_OF, oneOf(names) + ANOTHER_TEXT);
  }

  /** A rule that lists what is allowed. */
  public static String oneOf(Collection<String> names) {
    return names.size() == 1
        ? "must be " + names.iterator().next()
        : "must be one of " + String.join(", ", names);
  }

  InputError.Code code() {
    return code;
  }

  /** The code of what a parser threw. */
  public static InputError.Code codeOf(IllegalArgumentException refusal) {
    return refusal instanceof InvalidInputException input
        ? input.code
        : InputError.Code.INVALID_FORMAT;
  }
}
