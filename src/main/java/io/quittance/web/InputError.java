package io.quittance.web;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.log.Redaction;
import java.util.Locale;

/**
 * One thing that is wrong with the input.
 *
 * @param param where it is: the name of a parameter, or the JSON path of a field ({@code
 *     rules[0].action}); empty for the body as a whole
 * @param detail a sentence that names the field and says what is allowed
 */
public record InputError(String param, Code code, String detail) {

  private static final int PARAM_LENGTH_MAX = 200;

  /** What is wrong, for programs. */
  public enum Code {
    /** It is missing, or null where a value is needed. */
    REQUIRED,
    /** There is no such field or parameter. */
    UNKNOWN_FIELD,
    /** Another type of JSON. */
    WRONG_TYPE,
    /** A number, a time or a length outside its range. */
    OUT_OF_RANGE,
    /** A text with too many characters. */
    TOO_LONG,
    /** A text of another form. */
    INVALID_FORMAT,
    /** Not one of a set of values. */
    NOT_ONE_OF,
    /** It stands twice. */
    REPEATED,
    /** It does not go with the rest of the request. */
    NOT_ALLOWED;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An error whose detail is made of the field's name and a rule.
   *
   * @param rule what follows the name, without a full stop: "must be 1 to 100"
   */
  public static InputError of(String param, Code code, String rule) {
    String subject = param.isEmpty() ? "The body" : "`" + shortened(param) + "`";
    return new InputError(param, code, subject + " " + rule + ".");
  }

  private static String shortened(String param) {
    return param.length() > PARAM_LENGTH_MAX ? param.substring(0, PARAM_LENGTH_MAX) : param;
  }

  /** As it may be shown: names are the caller's own, and may be anything. */
  public InputError redacted() {
    return new InputError(shown(param), code, Problem.printable(Redaction.of(detail)));
  }

  /** A caller's own text as it may be shown in an answer. */
  public static String shown(String text) {
    return Problem.printable(Redaction.of(shortened(text)));
  }
}
