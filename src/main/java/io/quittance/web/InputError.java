package io.quittance.web;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.log.Redaction;
import java.util.Locale;

/**
 * One error in the input.
 *
 * @param param where the error is: the name of a parameter, or the JSON path of a field ({@code
 *     rules[0].action}); empty for the body as a whole
 * @param detail a sentence that names the field and says what is allowed
 */
public record InputError(String param, Code code, String detail) {

  /** The rule for what may stand in a request once. */
  public static final String ONCE = "must not be repeated";

  private static final int PARAM_LENGTH_MAX = 200;

  /** The kind of error, for programs. */
  public enum Code {
    /** A value is missing or null. */
    REQUIRED,
    /** The field or parameter does not exist. */
    UNKNOWN_FIELD,
    /** The wrong JSON type. */
    WRONG_TYPE,
    /** A number, a time or a length is out of range. */
    OUT_OF_RANGE,
    /** A text has too many characters. */
    TOO_LONG,
    /** A text has the wrong format. */
    INVALID_FORMAT,
    /** The value is not in the set of allowed values. */
    NOT_ONE_OF,
    /** It is repeated. */
    REPEATED,
    /** It is not allowed together with the rest of the request. */
    NOT_ALLOWED;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An error with a detail of the field's name and a rule.
   *
   * @param rule what follows the name, without a full stop: "must be 1 to 100"
   */
  public static InputError of(String param, Code code, String rule) {
    String subject = param.isEmpty() ? "The body" : "`" + shortened(param) + "`";
    return new InputError(param, code, subject + " " + rule + ".");
  }

  /** The error of a missing value; the rule says what it must be. */
  public static InputError required(String param, String rule) {
    return of(param, Code.REQUIRED, "is required and " + rule);
  }

  private static String shortened(String param) {
    return param.length() > PARAM_LENGTH_MAX ? param.substring(0, PARAM_LENGTH_MAX) : param;
  }

  /** The error without secrets: names of fields are the caller's text, and may contain them. */
  public InputError redacted() {
    return new InputError(shown(param), code, Problem.printable(Redaction.of(detail)));
  }

  /** A caller's text without secrets, for a response. */
  public static String shown(String text) {
    return Problem.printable(Redaction.of(shortened(text)));
  }
}
