package io.quittance.analytics.event;

import io.quittance.web.InputError;
import io.quittance.web.ProblemCode;
import org.jspecify.annotations.Nullable;

/**
 * Why an event was rejected.
 *
 * @param index of the event in its body, from 0
 * @param id of the event; null if it cannot be read
 * @param param the JSON path of the field in the event; empty for the event as a whole
 * @param code {@code malformed_json}, or what is wrong with the field
 * @param detail a sentence for people
 */
public record EventError(int index, @Nullable String id, String param, String code, String detail) {

  static EventError malformed(int index, String detail) {
    return new EventError(index, null, "", ProblemCode.MALFORMED_JSON.code(), detail);
  }

  static EventError of(int index, @Nullable String id, InputError error) {
    InputError shown = error.redacted();
    String detail =
        shown.param().isEmpty() ? shown.detail().replace("The body", "The event") : shown.detail();
    return new EventError(index, id, shown.param(), shown.code().text(), detail);
  }
}
