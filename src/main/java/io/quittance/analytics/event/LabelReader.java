package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.NameTable;
import io.quittance.analytics.name.Vocabulary;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the labels of an event, up to {@link EventFields#LABELS_MAX}. Not thread-safe. */
final class LabelReader {

  private static final int KEY_LENGTH_MAX = 40;
  private static final int VALUE_LENGTH_MAX = 100;
  private static final int KEYS_SEEN_MAX = 8;

  private static final String KEY_RULE =
      "must have a name of 1 to 40 of the characters A-Z, a-z, 0-9, underscore, dot, colon and dash";

  private final ReusableJsonParser parser;
  private final EventFields event;
  private final TextReader texts;
  private final Vocabulary vocabulary;
  private final String[] labelKeys = new String[KEYS_SEEN_MAX];
  private final @Nullable NameTable[] labelTables = new NameTable[KEYS_SEEN_MAX];
  private int labelKeysSeen;

  LabelReader(
      ReusableJsonParser parser, EventFields event, TextReader texts, Vocabulary vocabulary) {
    this.parser = parser;
    this.event = event;
    this.texts = texts;
    this.vocabulary = vocabulary;
  }

  /** Reads the object {@code labels}. */
  void read(String param, JsonToken value) throws IOException {
    if (!texts.isObject(param, value, "must be an object of up to 5 pairs")) {
      return;
    }
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      label(key, parser.nextToken());
    }
  }

  private void label(String key, JsonToken value) throws IOException {
    for (int i = 0; i < event.labelCount; i++) {
      if (event.labelKeys[i].equals(key)) {
        event.refuse("data.labels." + key, Code.REPEATED, InputError.ONCE);
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
      event.refuse("data.labels." + key, Code.INVALID_FORMAT, KEY_RULE);
      return null;
    }
    if (value != JsonToken.VALUE_STRING) {
      texts.read("data.labels." + key, value, VALUE_LENGTH_MAX);
      return null;
    }
    char[] text = parser.getTextCharacters();
    Name name =
        known == null ? null : known.find(text, parser.getTextOffset(), parser.getTextLength());
    if (known != null && name != null && name != known.other()) {
      return name;
    }
    String param = "data.labels." + key;
    return texts.read(param, value, VALUE_LENGTH_MAX)
        ? texts.name(param, Name.labelSpace(key), name)
        : null;
  }

  /** The parser creates one string for a key, however often the key is in a body. */
  @SuppressWarnings("ReferenceEquality") // a different string is just looked up
  private @Nullable NameTable table(String key) {
    for (int i = 0; i < labelKeysSeen; i++) {
      if (labelKeys[i] == key) {
        return labelTables[i];
      }
    }
    NameTable table = vocabulary.label(key);
    if (labelKeysSeen < KEYS_SEEN_MAX) {
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
    return !key.isEmpty() && key.length() <= KEY_LENGTH_MAX;
  }
}
