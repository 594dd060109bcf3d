package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import io.quittance.money.Money;
import io.quittance.web.InputError.Code;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.util.UUID;

/**
 * Reads what an event says of itself under {@code data}. What is wrong with a field is noted in the
 * event, and the rest is read all the same. Not thread-safe.
 */
final class DataReader {

  private static final int SESSION_LENGTH_MAX = 128;

  private final SliceParser parser;
  private final EventFields event;
  private final TextReader texts;
  private final LabelReader labels;
  private final TextHash sessions;

  DataReader(
      SliceParser parser,
      EventFields event,
      TextReader texts,
      LabelReader labels,
      TextHash sessions) {
    this.parser = parser;
    this.event = event;
    this.texts = texts;
    this.labels = labels;
    this.sessions = sessions;
  }

  /** Reads the object {@code data}. */
  void read(String param, JsonToken value) throws IOException {
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
        case "amount" -> amount(event.once(16, "data.amount"), of);
        case "currency" -> currency(event.once(32, "data.currency"), of);
        case "payment_id" -> payment(event.once(64, "data.payment_id"), of);
        case "account" -> account(event.once(128, "data.account"), of);
        case "session" -> session(event.once(256, "data.session"), of);
        case "labels" -> labels.read(event.once(512, "data.labels"), of);
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
      texts.read(param, value, EventReader.ID_LENGTH_MAX);
    }
  }

  private void session(String param, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_NULL && texts.read(param, value, SESSION_LENGTH_MAX)) {
      long hash =
          sessions.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      event.sessionHash = hash == 0 ? 1 : hash;
    }
  }
}
