package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import io.quittance.money.CurrencyCode;
import io.quittance.money.Money;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import io.quittance.web.TypeId;
import java.io.IOException;

/**
 * Reads the object {@code data} of an event. An invalid field is noted in the event, and the rest
 * is still read. Not thread-safe.
 */
final class DataReader {

  private static final int SESSION_LENGTH_MAX = 128;

  private static final String PAYMENT_RULE = "must be the id of a payment: pay_ and 26 characters";

  private final ReusableJsonParser parser;
  private final EventFields event;
  private final TextReader texts;
  private final LabelReader labels;
  private final TextHash sessions;

  DataReader(
      ReusableJsonParser parser,
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
    if (!texts.isObject(param, value, "must be an object")) {
      return;
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken of = parser.nextToken();
      switch (name) {
        case "amount" -> amount(event.once(EventField.AMOUNT), of);
        case "currency" -> currency(event.once(EventField.CURRENCY), of);
        case "payment_id" -> payment(event.once(EventField.PAYMENT_ID), of);
        case "account" -> account(event.once(EventField.ACCOUNT), of);
        case "session" -> session(event.once(EventField.SESSION), of);
        case "labels" -> labels.read(event.once(EventField.LABELS), of);
        default -> {
          parser.skipChildren();
          event.refuse(
              "data." + name,
              Code.UNKNOWN_FIELD,
              "is not a known field; the fields are"
                  + " account, amount, currency, labels, payment_id, session");
        }
      }
    }
  }

  private void amount(String param, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    String rule = InvalidInputException.wholeNumber(1, Money.MAX_AMOUNT);
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
    if (texts.isText(param, value, CurrencyCode.RULE)) {
      event.currency =
          CurrencyCodes.of(
              parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      if (event.currency == null) {
        event.refuse(param, Code.INVALID_FORMAT, CurrencyCode.RULE);
      }
    }
  }

  private void payment(String param, JsonToken value) throws IOException {
    if (texts.isText(param, value, PAYMENT_RULE)) {
      event.payment = TypeId.parse("pay", parser.getText()).orElse(null);
      if (event.payment == null) {
        event.refuse(param, Code.INVALID_FORMAT, PAYMENT_RULE);
      }
    }
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
