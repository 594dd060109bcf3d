package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import io.quittance.analytics.wire.CompactReader;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link EventPacker} wrote; hashes of ids are 0. Not thread-safe. */
public final class EventUnpacker {

  private final CompactReader in;
  private final List<Name> names = new ArrayList<>();
  private final EventFields event = new EventFields();

  public EventUnpacker(CompactReader in) {
    this.in = in;
  }

  /** The events of the next body. */
  public EventBatch read() {
    int size = in.count();
    var events = new EventBatch(size);
    event.second = 0;
    for (int i = 0; i < size; i++) {
      readEvent();
      events.add(event);
    }
    return events;
  }

  private void readEvent() {
    int flags = in.size();
    long later = in.number();
    event.second += later >>> 1 ^ -(later & 1);
    event.type = name();
    event.amount = has(flags, EventPacker.AMOUNT) ? in.number() : 0;
    event.currency = has(flags, EventPacker.CURRENCY) ? in.someText() : null;
    event.sessionHash = has(flags, EventPacker.SESSION) ? in.word() : 0;
    event.payment = has(flags, EventPacker.PAYMENT) ? in.id() : null;
    event.labelCount = flags >> EventPacker.LABELS_SHIFT;
    for (int label = 0; label < event.labelCount; label++) {
      event.labels[label] = name();
    }
  }

  private static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  private Name name() {
    int code = in.size();
    if (code > 0) {
      return names.get(code - 1);
    }
    var name = Name.unassigned(in.someText(), in.someText());
    names.add(name);
    return name;
  }
}
