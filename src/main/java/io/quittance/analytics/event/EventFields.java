package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import io.quittance.web.InputError;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What has been read of one event; used again for the next one. Not thread-safe. */
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

  /** The first thing that is wrong. */
  @Nullable InputError error;

  /** A bit for each field that was there. */
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

  /** Notes that a field is there, and refuses it the second time. Returns its path. */
  String once(EventField field) {
    if ((seen & field.bit()) != 0) {
      refuse(field.param(), InputError.Code.REPEATED, "must not be there more than once");
    }
    seen |= field.bit();
    return field.param();
  }
}
