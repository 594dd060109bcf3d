package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.NewNames;
import io.quittance.analytics.name.Vocabulary;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one event after the other from a {@link ReusableJsonParser} into {@link EventFields}. An
 * invalid field is noted there, and the rest is still read; invalid JSON throws. Not thread-safe.
 */
final class EventReader {

  static final int ID_LENGTH_MAX = 64;
  private static final int ATTRIBUTES_MAX = 64;

  private static final String TYPE_RULE =
      "must be 1 to 64 of the characters a-z, 0-9, underscore and dot, and begin with a letter";

  private static final String TIME_RULE = "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z";

  private final ReusableJsonParser parser;
  private final boolean takesOtherAttributes;
  private final Vocabulary vocabulary;
  private final TextHash ids;
  private final EventFields event = new EventFields();
  private final TextReader texts;
  private final DataReader data;
  private final TimeText times = new TimeText();
  private final List<String> otherAttributes = new ArrayList<>();

  EventReader(
      ReusableJsonParser parser,
      EventFormat format,
      Vocabulary vocabulary,
      NewNames newNames,
      TextHash ids,
      TextHash sessions) {
    this.parser = parser;
    this.takesOtherAttributes = format.takesOtherAttributes();
    this.vocabulary = vocabulary;
    this.texts = new TextReader(parser, event, newNames);
    this.data =
        new DataReader(
            parser, event, texts, new LabelReader(parser, event, texts, vocabulary), sessions);
    this.ids = ids;
  }

  /**
   * Reads an event from where the parser is.
   *
   * @throws IOException it is not JSON, or nested too deeply
   */
  EventFields read() throws IOException {
    event.clear();
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      event.refuse("", Code.WRONG_TYPE, "must be a JSON object");
      return event;
    }
    otherAttributes.clear();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "id" -> id(event.once(EventField.ID), value);
        case "type" -> type(event.once(EventField.TYPE), value);
        case "time" -> time(event.once(EventField.TIME), value);
        case "data" -> data.read(event.once(EventField.DATA), value);
        default -> other(name);
      }
    }
    require(event.hasId, "id");
    require(event.type != null, "type");
    if (event.amount > 0 && event.currency == null) {
      event.refuse("data.currency", Code.REQUIRED, "is required with `data.amount`");
    }
    return event;
  }

  private void require(boolean there, String param) {
    if (!there) {
      event.refuse(param, Code.REQUIRED, "is required");
    }
  }

  private void other(String name) throws IOException {
    parser.skipChildren();
    if (!takesOtherAttributes) {
      event.refuse(
          name, Code.UNKNOWN_FIELD, "is not a known field; the fields are data, id, time, type");
    } else if (otherAttributes.contains(name)) {
      event.refuse(name, Code.REPEATED, InputError.ONCE);
    } else if (otherAttributes.size() == ATTRIBUTES_MAX) {
      event.refuse(
          "", Code.OUT_OF_RANGE, "may have at most %d other attributes".formatted(ATTRIBUTES_MAX));
    } else {
      otherAttributes.add(name);
    }
  }

  private void id(String param, JsonToken value) throws IOException {
    event.hasId = true;
    if (texts.read(param, value, ID_LENGTH_MAX)) {
      event.idHash =
          ids.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }
  }

  private void type(String param, JsonToken value) throws IOException {
    event.type = vocabulary.otherType();
    if (!texts.read(param, value, ID_LENGTH_MAX)) {
      return;
    }
    char[] text = parser.getTextCharacters();
    int offset = parser.getTextOffset();
    int length = parser.getTextLength();
    Name known = vocabulary.type(text, offset, length);
    if (known == null || known == vocabulary.otherType()) {
      if (!isType(text, offset, length)) {
        event.refuse(param, Code.INVALID_FORMAT, TYPE_RULE);
        return;
      }
      known = texts.name(param, Name.TYPES, known);
    }
    event.type = known;
  }

  private static boolean isType(char[] text, int offset, int length) {
    for (int i = 0; i < length; i++) {
      char c = text[offset + i];
      boolean letter = c >= 'a' && c <= 'z';
      if (!letter && (i == 0 || (c != '_' && c != '.' && (c < '0' || c > '9')))) {
        return false;
      }
    }
    return true;
  }

  private void time(String param, JsonToken value) throws IOException {
    if (texts.isText(param, value, TIME_RULE)) {
      event.second =
          times.epochSecond(
              parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      event.hasTime = event.second != TimeText.NONE;
      if (!event.hasTime) {
        event.refuse(param, Code.INVALID_FORMAT, TIME_RULE);
      }
    }
  }
}
