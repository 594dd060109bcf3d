package io.quittance.analytics.enrich;

import io.quittance.analytics.enrich.PendingBatch.Event;
import io.quittance.analytics.enrich.PendingBatch.Group;
import io.quittance.analytics.enrich.PendingBatch.Label;
import io.quittance.analytics.wire.CompactReader;
import io.quittance.analytics.wire.CompactWriter;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Encodes the events of a {@link PendingBatch}, some 20 bytes for each. */
final class PendingContent {

  private static final byte FORM = 2;

  /** Written by versions that did not store labels. */
  private static final byte WITHOUT_LABELS = 1;

  private PendingContent() {}

  static byte[] bytes(List<Group> groups) {
    var out = new CompactWriter();
    out.number(FORM);
    out.number(groups.size());
    for (Group group : groups) {
      out.text(group.type());
      out.text(group.currency());
      out.number(group.second());
      out.number(group.events().size());
      group.events().forEach(event -> write(event, out));
    }
    return out.bytes();
  }

  private static void write(Event event, CompactWriter out) {
    out.id(event.paymentId());
    out.number(event.amount());
    out.number(event.labels().size());
    for (Label label : event.labels()) {
      out.text(label.type());
      out.text(label.key());
      out.text(label.value());
    }
  }

  /**
   * Decodes what {@link #bytes} has encoded.
   *
   * @throws RuntimeException a later version wrote it, or something else did
   */
  static List<Group> groups(byte[] content) {
    return switch (content[0]) {
      case FORM -> read(new CompactReader(content));
      case WITHOUT_LABELS -> readWithoutLabels(content);
      default ->
          throw new IllegalStateException(
              "pending events are stored in an unknown form: " + content[0]);
    };
  }

  private static List<Group> read(CompactReader in) {
    in.number();
    var groups = new ArrayList<Group>();
    for (int left = in.count(); left > 0; left--) {
      groups.add(new Group(in.someText(), in.text(), in.number(), events(in)));
    }
    return groups;
  }

  private static List<Event> events(CompactReader in) {
    int count = in.count();
    var events = new ArrayList<Event>(count);
    for (; count > 0; count--) {
      events.add(new Event(in.id(), in.number(), labels(in)));
    }
    return events;
  }

  private static List<Label> labels(CompactReader in) {
    int count = in.count();
    var labels = new ArrayList<Label>(count);
    for (; count > 0; count--) {
      labels.add(new Label(in.someText(), in.someText(), in.someText()));
    }
    return labels;
  }

  private static List<Group> readWithoutLabels(byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      in.readByte();
      var groups = new ArrayList<Group>();
      for (int left = in.readInt(); left > 0; left--) {
        String type = in.readUTF();
        String currency = in.readUTF();
        long second = in.readLong();
        var events = new ArrayList<Event>();
        for (int more = in.readInt(); more > 0; more--) {
          events.add(new Event(new UUID(in.readLong(), in.readLong()), in.readLong(), List.of()));
        }
        groups.add(new Group(type, currency.isEmpty() ? null : currency, second, events));
      }
      return groups;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
