package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import io.quittance.money.Money;
import io.quittance.web.CardNumbers;
import io.quittance.web.InputError.Code;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads one event after the other from a {@link SliceParser} into {@link EventFields}. What is
 * wrong with a field is noted there, and the rest is read all the same; what is no JSON is thrown.
 * Not thread-safe.
 */
final class EventReader {

  static final int ID_LENGTH_MAX = 64;
  private static final int SESSION_LENGTH_MAX = 128;
  private static final int LABEL_KEY_LENGTH_MAX = 40;
  private static final int LABEL_VALUE_LENGTH_MAX = 100;
  private static final int LABEL_KEYS_SEEN_MAX = 8;
  private static final int ATTRIBUTES_MAX = 64;

  private static final String A_TEXT = "must be a text of 1 to %d characters";
  private static final String TYPE_RULE =
      "must be 1 to 64 of the characters a-z, 0-9, underscore and dot, and begin with a letter";
  private static final String LABEL_KEY_RULE =
      "must have a name of 1 to 40 of the characters A-Z, a-z, 0-9, underscore, dot, colon and dash";

  private final SliceParser parser;
  private final boolean takesOtherAttributes;
  private final Vocabulary vocabulary;
  private final NewNames newNames;
  private final TextHash ids;
  private final TextHash sessions;
  private final EventFields event = new EventFields();
  private final Characters characters = new Characters();
  private final TimeText times = new TimeText();
  private final List<String> otherAttributes = new ArrayList<>();
  private final String[] labelKeys = new String[LABEL_KEYS_SEEN_MAX];
  private final @Nullable NameTable[] labelTables = new NameTable[LABEL_KEYS_SEEN_MAX];
  private int labelKeysSeen;
  private int seen;

  EventReader(
      SliceParser parser,
      EventFormat format,
      Vocabulary vocabulary,
      NewNames newNames,
      TextHash ids,
      TextHash sessions) {
    this.parser = parser;
    this.takesOtherAttributes = format.takesOtherAttributes();
    this.vocabulary = vocabulary;
    this.newNames = newNames;
    this.ids = ids;
    this.sessions = sessions;
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
    seen = 0;
    otherAttributes.clear();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "id" -> id(once(1, name), value);
        case "type" -> type(once(2, name), value);
        case "time" -> time(once(4, name), value);
        case "data" -> data(once(8, name), value);
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

  private String once(int bit, String param) {
    if ((seen & bit) != 0) {
      event.refuse(param, Code.REPEATED, "is there more than once");
    }
    seen |= bit;
    return param;
  }

  private void other(String name) throws IOException {
    parser.skipChildren();
    if (!takesOtherAttributes) {
      event.refuse(
          name, Code.UNKNOWN_FIELD, "is not a field here; the fields are data, id, time, type");
    } else if (otherAttributes.contains(name)) {
      event.refuse(name, Code.REPEATED, "is there more than once");
    } else if (otherAttributes.size() == ATTRIBUTES_MAX) {
      event.refuse(
          "", Code.OUT_OF_RANGE, "may have at most %d other attributes".formatted(ATTRIBUTES_MAX));
    } else {
      otherAttributes.add(name);
    }
  }

  private void id(String param, JsonToken value) throws IOException {
    event.hasId = true;
    if (text(param, value, ID_LENGTH_MAX)) {
      event.idHash =
          ids.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }
  }

  /** Whether the value is a text of this length; if not, that is refused. */
  private boolean text(String param, JsonToken value, int lengthMax) throws IOException {
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
      event.refuse(param, Code.INVALID_FORMAT, "must be whole Unicode characters, and no NUL");
    } else {
      return true;
    }
    return false;
  }

  private void type(String param, JsonToken value) throws IOException {
    event.type = vocabulary.otherType();
    if (!text(param, value, ID_LENGTH_MAX)) {
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
      known = unknown(param, Name.TYPES, known);
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

  /** A name that is not kept: checked, and new if there is room for it. */
  private Name unknown(String param, String space, @Nullable Name other) throws IOException {
    if (characters.mayHoldCard() && CardNumbers.in(parser.getText())) {
      event.refuse(param, Code.NOT_ALLOWED, "must not contain what looks like a card number");
    }
    return other == null ? newNames.of(space, parser.getText()) : other;
  }

  private void time(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    long second = TimeText.NONE;
    if (value == JsonToken.VALUE_STRING) {
      second =
          times.epochSecond(
              parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    } else {
      parser.skipChildren();
    }
    if (second == TimeText.NONE) {
      event.refuse(
          param,
          value == JsonToken.VALUE_STRING ? Code.INVALID_FORMAT : Code.WRONG_TYPE,
          "must be a time after RFC 3339, such as 2026-01-31T12:00:00Z");
    } else {
      event.hasTime = true;
      event.second = second;
    }
  }

  private void data(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_OBJECT) {
      parser.skipChildren();
      event.refuse(param, Code.WRONG_TYPE, "must be an object");
      return;
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken of = parser.nextToken();
      switch (name) {
        case "amount" -> amount(once(16, "data.amount"), of);
        case "currency" -> currency(once(32, "data.currency"), of);
        case "payment_id" -> payment(once(64, "data.payment_id"), of);
        case "account" -> account(once(128, "data.account"), of);
        case "session" -> session(once(256, "data.session"), of);
        case "labels" -> labels(once(512, "data.labels"), of);
        default -> {
          parser.skipChildren();
          event.refuse(
              "data." + name,
              Code.UNKNOWN_FIELD,
              "is not a field here; the fields are"
                  + " account, amount, currency, labels, payment_id, session");
        }
      }
    }
  }

  private void amount(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    String rule = "must be a whole number from 1 to " + Money.MAX_AMOUNT;
    if (value != JsonToken.VALUE_NUMBER_INT) {
      parser.skipChildren();
      event.refuse(param, Code.WRONG_TYPE, rule);
      return;
    }
    long amount =
        switch (parser.getNumberType()) {
          case INT, LONG -> parser.getLongValue();
          default -> 0;
        };
    if (amount < 1 || amount > Money.MAX_AMOUNT) {
      event.refuse(param, Code.OUT_OF_RANGE, rule);
    } else {
      event.amount = amount;
    }
  }

  private void currency(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    String code = null;
    if (value == JsonToken.VALUE_STRING) {
      code =
          CurrencyCodes.of(
              parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    } else {
      parser.skipChildren();
    }
    if (code == null) {
      event.refuse(
          param,
          value == JsonToken.VALUE_STRING ? Code.INVALID_FORMAT : Code.WRONG_TYPE,
          "must be an ISO 4217 alphabetic code in upper case");
    }
    event.currency = code;
  }

  private void payment(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    UUID id = null;
    if (value == JsonToken.VALUE_STRING) {
      id = TypeId.parse("pay", parser.getText()).orElse(null);
    } else {
      parser.skipChildren();
    }
    if (id == null) {
      event.refuse(
          param,
          value == JsonToken.VALUE_STRING ? Code.INVALID_FORMAT : Code.WRONG_TYPE,
          "must be the id of a payment: pay_ and 26 characters");
    }
    event.payment = id;
  }

  private void account(String param, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_NULL) {
      text(param, value, ID_LENGTH_MAX);
    }
  }

  private void session(String param, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_NULL && text(param, value, SESSION_LENGTH_MAX)) {
      long hash =
          sessions.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      event.sessionHash = hash == 0 ? 1 : hash;
    }
  }

  private void labels(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_OBJECT) {
      parser.skipChildren();
      event.refuse(param, Code.WRONG_TYPE, "must be an object of up to 5 pairs");
      return;
    }
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      label(key, parser.nextToken());
    }
  }

  private void label(String key, JsonToken value) throws IOException {
    for (int i = 0; i < event.labelCount; i++) {
      if (event.labelKeys[i].equals(key)) {
        event.refuse("data.labels." + key, Code.REPEATED, "is there more than once");
      }
    }
    if (event.labelCount == EventFields.LABELS_MAX) {
      parser.skipChildren();
      event.refuse("data.labels", Code.OUT_OF_RANGE, "must have at most 5 pairs");
      return;
    }
    Name name = labelValue(key, value);
    if (name != null) {
      event.labelKeys[event.labelCount] = key;
      event.labels[event.labelCount++] = name;
    }
  }

  private @Nullable Name labelValue(String key, JsonToken value) throws IOException {
    NameTable known = table(key);
    if ((known == null || known == vocabulary.otherLabel()) && !isLabelKey(key)) {
      parser.skipChildren();
      event.refuse("data.labels." + key, Code.INVALID_FORMAT, LABEL_KEY_RULE);
      return null;
    }
    if (value != JsonToken.VALUE_STRING) {
      text("data.labels." + key, value, LABEL_VALUE_LENGTH_MAX);
      return null;
    }
    char[] text = parser.getTextCharacters();
    Name name =
        known == null ? null : known.find(text, parser.getTextOffset(), parser.getTextLength());
    if (known != null && name != null && name != known.other()) {
      return name;
    }
    String param = "data.labels." + key;
    return text(param, value, LABEL_VALUE_LENGTH_MAX)
        ? unknown(param, Name.labelSpace(key), name)
        : null;
  }

  /** The parser makes one text of a key however often it stands in a body. */
  @SuppressWarnings("ReferenceEquality") // another text is looked up, and no more
  private @Nullable NameTable table(String key) {
    for (int i = 0; i < labelKeysSeen; i++) {
      if (labelKeys[i] == key) {
        return labelTables[i];
      }
    }
    NameTable table = vocabulary.label(key);
    if (labelKeysSeen < LABEL_KEYS_SEEN_MAX) {
      labelKeys[labelKeysSeen] = key;
      labelTables[labelKeysSeen++] = table;
    }
    return table;
  }

  private static boolean isLabelKey(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean word = c < 128 && (Character.isLetterOrDigit(c) || "_.:-".indexOf(c) >= 0);
      if (!word) {
        return false;
      }
    }
    return !key.isEmpty() && key.length() <= LABEL_KEY_LENGTH_MAX;
  }
}
