package io.quittance.analytics.stream;

import io.quittance.analytics.event.EventBatch;
import io.quittance.analytics.event.EventUnpacker;
import io.quittance.analytics.intake.Body;
import io.quittance.analytics.pane.Totals;
import io.quittance.analytics.wire.CompactReader;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of one merchant in a record of Kafka.
 *
 * @param id under which the record is counted once or is revoked
 */
record EventRecord(UUID merchantId, UUID id, List<Part> parts) {

  /** The first byte; a reader refuses unknown versions. */
  static final int VERSION = 1;

  /** Comes before each part. */
  static final int PART = 1;

  /** Comes after the last part. */
  static final int END = 0;

  /**
   * A body.
   *
   * @param key under which the body is counted once; null: none
   * @param verdicts the outcomes of all events that were sent
   * @param events the events to be counted
   */
  record Part(Body.@Nullable Key key, Totals.Counts verdicts, EventBatch events) {}

  /**
   * Reads what {@link RecordBuilder} wrote.
   *
   * @throws UnreadableRecordException a later version wrote it, or something else did
   */
  static EventRecord read(byte[] value) throws UnreadableRecordException {
    try {
      return read(new CompactReader(value));
    } catch (RuntimeException e) {
      throw new UnreadableRecordException(e);
    }
  }

  private static EventRecord read(CompactReader in) {
    int version = in.size();
    if (version != VERSION) {
      throw new IllegalStateException("a record has the unknown version " + version);
    }
    UUID merchantId = in.id();
    UUID id = in.id();
    var events = new EventUnpacker(in);
    var parts = new ArrayList<Part>();
    long next = in.number();
    for (; next == PART; next = in.number()) {
      parts.add(part(in, events));
    }
    if (next != END) {
      throw new IllegalStateException("a record has the unknown section " + next);
    }
    return new EventRecord(merchantId, id, parts);
  }

  private static Part part(CompactReader in, EventUnpacker events) {
    String text = in.text();
    Body.Key key = text == null ? null : new Body.Key(text, in.someText());
    var verdicts = new Totals.Counts(in.number(), in.number(), in.number(), in.number(), 0, 0, 0);
    return new Part(key, verdicts, events.read());
  }
}
