package io.quittance.analytics.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.quittance.analytics.event.EventPacker;
import io.quittance.analytics.intake.Body;
import io.quittance.analytics.pane.Totals;
import io.quittance.analytics.wire.CompactWriter;
import io.quittance.web.TypeId;
import java.util.BitSet;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Packs bodies of one merchant into a record. Not thread-safe. */
final class RecordBuilder {

  /** A record of this size takes no more bodies. */
  private static final int FULL_BYTES = 256 * 1024;

  private final UUID merchantId;
  private final UUID id = TypeId.next();
  private final CompactWriter out = new CompactWriter();
  private final EventPacker events = new EventPacker(out);

  RecordBuilder(UUID merchantId) {
    this.merchantId = merchantId;
    out.number(EventRecord.VERSION);
    out.id(merchantId);
    out.id(id);
  }

  UUID merchantId() {
    return merchantId;
  }

  UUID id() {
    return id;
  }

  /**
   * Adds a body.
   *
   * @param duplicates indexes of events that are left out
   */
  void add(Body body, BitSet duplicates, Totals.Counts verdicts) {
    out.number(EventRecord.PART);
    Body.Key key = body.key();
    out.text(key == null ? null : key.text());
    if (key != null) {
      out.text(key.fingerprint());
    }
    out.number(verdicts.accepted());
    out.number(verdicts.duplicates());
    out.number(verdicts.late());
    out.number(verdicts.rejected());
    events.write(body.content().events(), duplicates);
  }

  boolean isFull() {
    return out.size() >= FULL_BYTES;
  }

  /** The finished record. */
  ProducerRecord<byte[], byte[]> end(String topic) {
    out.number(EventRecord.END);
    return new ProducerRecord<>(
        topic, TypeId.format("mch", merchantId).getBytes(US_ASCII), out.bytes());
  }
}
