package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.NewNames;
import io.quittance.web.InputError.Code;
import io.quittance.web.log.CardNumbers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of an event from where the parser is, and notes invalid ones in the event. Not
 * thread-safe.
 */
final class TextReader {

  private static final String A_TEXT = "must be a text of 1 to %d characters";

  private final ReusableJsonParser parser;
  private final EventFields event;
  private final NewNames newNames;
  private final Characters characters = new Characters();

  TextReader(ReusableJsonParser parser, EventFields event, NewNames newNames) {
    this.parser = parser;
    this.event = event;
    this.newNames = newNames;
  }

  /** Whether the value is a text of this length; if not, that is refused. */
  boolean read(String param, JsonToken value, int lengthMax) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      event.refuse(param, Code.REQUIRED, "is required and " + A_TEXT.formatted(lengthMax));
      return false;
    }
    if (value != JsonToken.VALUE_STRING) {
      parser.skipChildren();
      event.refuse(param, Code.WRONG_TYPE, A_TEXT.formatted(lengthMax));
      return false;
    }
    characters.read(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    if (characters.codePoints() > lengthMax) {
      event.refuse(param, Code.TOO_LONG, A_TEXT.formatted(lengthMax));
    } else if (characters.codePoints() == 0) {
      event.refuse(param, Code.OUT_OF_RANGE, A_TEXT.formatted(lengthMax));
    } else if (!characters.whole()) {
      event.refuse(
          param, Code.INVALID_FORMAT, "must not contain half of a surrogate pair, nor NUL");
    } else {
      return true;
    }
    return false;
  }

  /** Whether the value is a text. Null counts as absent; anything else is refused and skipped. */
  boolean isText(String param, JsonToken value, String rule) throws IOException {
    return is(JsonToken.VALUE_STRING, param, value, rule);
  }

  /** Whether the value is an object, which begins here; as {@link #isText}. */
  boolean isObject(String param, JsonToken value, String rule) throws IOException {
    return is(JsonToken.START_OBJECT, param, value, rule);
  }

  private boolean is(JsonToken wanted, String param, JsonToken value, String rule)
      throws IOException {
    if (value == wanted) {
      return true;
    }
    parser.skipChildren();
    if (value != JsonToken.VALUE_NULL) {
      event.refuse(param, Code.WRONG_TYPE, rule);
    }
    return false;
  }

  /** The text that was read last, as a new name to be assigned. */
  Name name(String param, String space, @Nullable Name other) throws IOException {
    if (characters.mayHoldCard() && CardNumbers.in(parser.getText())) {
      event.refuse(param, Code.NOT_ALLOWED, CardNumbers.RULE);
    }
    return other == null ? newNames.of(space, parser.getText()) : other;
  }
}
