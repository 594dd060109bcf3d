package io.quittance.analytics.enrich;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A merchant's events that were counted without their payments, which are still to be looked up.
 *
 * @param id of the stored row
 */
public record PendingBatch(UUID merchantId, UUID id, List<Group> groups) {

  private static final int FORM = 1;

  /**
   * An event that names a payment.
   *
   * @param amount its own, in minor units; 0: it has none
   */
  public record Event(UUID paymentId, long amount) {}

  /**
   * Events that were counted in one pane.
   *
   * @param type as it was counted
   * @param currency of the events' own amounts; null: they have none
   * @param second since 1970
   */
  public record Group(String type, @Nullable String currency, long second, List<Event> events) {}

  /** How many events there are. */
  public int size() {
    return groups.stream().mapToInt(group -> group.events().size()).sum();
  }

  /** The groups, to be stored. */
  byte[] content() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeInt(groups.size());
      for (Group group : groups) {
        out.writeUTF(group.type());
        out.writeUTF(group.currency() == null ? "" : group.currency());
        out.writeLong(group.second());
        out.writeInt(group.events().size());
        for (Event event : group.events()) {
          out.writeLong(event.paymentId().getMostSignificantBits());
          out.writeLong(event.paymentId().getLeastSignificantBits());
          out.writeLong(event.amount());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What {@link #content} was made of. */
  static PendingBatch of(UUID merchantId, UUID id, byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      int form = in.readByte();
      if (form != FORM) {
        throw new IllegalStateException("pending events are stored in an unknown form: " + form);
      }
      int count = in.readInt();
      var groups = new ArrayList<Group>(count);
      for (int i = 0; i < count; i++) {
        groups.add(group(in));
      }
      return new PendingBatch(merchantId, id, groups);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Group group(DataInputStream in) throws IOException {
    String type = in.readUTF();
    String currency = in.readUTF();
    long second = in.readLong();
    int count = in.readInt();
    var events = new ArrayList<Event>(count);
    for (int i = 0; i < count; i++) {
      events.add(new Event(new UUID(in.readLong(), in.readLong()), in.readLong()));
    }
    return new Group(type, currency.isEmpty() ? null : currency, second, events);
  }
}
