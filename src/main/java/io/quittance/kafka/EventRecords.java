package io.quittance.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.web.TypeId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Events as records: CloudEvents 1.0 in the binary mode of their Kafka binding. The value is what
 * webhooks carry. Thread-safe.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka
 *     Protocol Binding for CloudEvents</a>
 */
final class EventRecords {

  /** With milliseconds, as in the value. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private final ObjectMapper json;
  private final String topic;

  EventRecords(ObjectMapper json, String topic) {
    this.json = json;
    this.topic = topic;
  }

  /**
   * The record of an event.
   *
   * @param subjectId the payment or the batch; otherwise the event
   * @param partitions how many partitions are used
   */
  ProducerRecord<byte[], byte[]> record(StoredEvent event, UUID subjectId, int partitions) {
    EventBody body = event.body();
    byte[] key = TypeId.format(prefix(body.type()), subjectId).getBytes(UTF_8);
    var record =
        new ProducerRecord<>(topic, EventTopic.partition(key, partitions), key, value(body));
    header(record, "ce_specversion", "1.0");
    header(record, "ce_id", body.id());
    header(record, "ce_source", "/merchants/" + TypeId.format("mch", event.merchantId()));
    header(record, "ce_type", body.type());
    header(record, "ce_time", TIME.format(body.timestamp()));
    header(record, "content-type", "application/json");
    return record;
  }

  /**
   * The prefix of the subject's id: a payment, a batch, or the event itself, also for future types.
   */
  private static String prefix(String type) {
    if (type.startsWith("payment.") || type.startsWith("refund.")) {
      return "pay";
    }
    return type.startsWith("payment_batch.") ? "bat" : "evt";
  }

  private static void header(ProducerRecord<?, ?> record, String name, String value) {
    record.headers().add(name, value.getBytes(UTF_8));
  }

  private byte[] value(EventBody body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be written", e);
    }
  }
}
