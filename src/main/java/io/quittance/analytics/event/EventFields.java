package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import io.quittance.web.InputError;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The fields of the event that is being read; reused for the next one. Not thread-safe. */
final class EventFields {

  static final int LABELS_MAX = 5;

  long idHash;
  boolean hasId;
  @Nullable Name type;
  boolean hasTime;
  long second;
  long amount;
  @Nullable String currency;
  long sessionHash;
  @Nullable UUID payment;
  final Name[] labels = new Name[LABELS_MAX];
  final String[] labelKeys = new String[LABELS_MAX];
  int labelCount;

  /** The first error. */
  @Nullable InputError error;

  /** A bit for each field that was read. */
  private int seen;

  void clear() {
    seen = 0;
    hasId = false;
    type = null;
    hasTime = false;
    amount = 0;
    currency = null;
    sessionHash = 0;
    payment = null;
    labelCount = 0;
    error = null;
  }

  void refuse(String param, InputError.Code code, String rule) {
    if (error == null) {
      error = InputError.of(param, code, rule);
    }
  }

  /** Notes that a field was read, refuses it the second time, and returns its path. */
  String once(EventField field) {
    if ((seen & field.bit()) != 0) {
      refuse(field.param(), InputError.Code.REPEATED, InputError.ONCE);
    }
    seen |= field.bit();
    return field.param();
  }
}
