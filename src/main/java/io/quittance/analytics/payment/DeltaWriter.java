package io.quittance.analytics.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.payment.event.PaymentChange;
import io.quittance.payment.event.RefundChange;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@link PaymentDelta} as bytes, some 30 for each payment: numbers as variable-length
 * integers, seven bits to a byte, and each text once. Used once, on one thread.
 */
final class DeltaWriter {

  /** The first byte; a reader refuses what it does not know. */
  static final int VERSION = 1;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);
  private final Map<String, Integer> texts = new HashMap<>();

  private DeltaWriter() {}

  static byte[] bytes(PaymentDelta delta) {
    var writer = new DeltaWriter();
    writer.out.write(VERSION);
    writer.number(delta.payments().size());
    delta.payments().forEach(writer::payment);
    writer.number(delta.refunds().size());
    delta.refunds().forEach(writer::refund);
    return writer.out.toByteArray();
  }

  private void payment(PaymentChange change) {
    number(change.createdAt().getEpochSecond());
    text(change.currency());
    text(change.payer());
    text(change.payee());
    number(change.amount());
    text(change.before());
    text(change.after());
    text(change.code());
    number(change.fraudReasons().size());
    change.fraudReasons().forEach(this::text);
    number(change.usedMs());
    number(change.events());
  }

  private void refund(RefundChange change) {
    number(change.at().getEpochSecond());
    text(change.currency());
    text(change.payee());
    number(change.amount());
  }

  /** 0: none; 1: a new text follows; above: the texts so far, counted from 2. */
  private void text(@Nullable String text) {
    if (text == null) {
      number(0);
      return;
    }
    Integer known = texts.putIfAbsent(text, texts.size() + 2);
    if (known != null) {
      number(known);
      return;
    }
    number(1);
    byte[] bytes = text.getBytes(UTF_8);
    number(bytes.length);
    out.writeBytes(bytes);
  }

  private void number(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
