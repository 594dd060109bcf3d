package io.quittance.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events as records, also those of types that a later version adds. */
class EventRecordsTest {

  private static final UUID SUBJECT = UUID.randomUUID();

  private final EventRecords records =
      new EventRecords(new ObjectMapper().registerModule(new JavaTimeModule()), "events");

  @ParameterizedTest
  @CsvSource({
    "payment.succeeded, pay",
    "payment.disputed, pay",
    "refund.succeeded, pay",
    "payment_batch.ended, bat",
    "webhook.test, evt",
    "account.frozen, evt"
  })
  void haveTheirTypeAndWhoseTheyAre(String type, String prefix) {
    ProducerRecord<byte[], byte[]> record = record(type, Instant.EPOCH);

    assertThat(new String(record.key(), UTF_8)).isEqualTo(TypeId.format(prefix, SUBJECT));
    assertThat(header(record, "ce_type")).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z, 2026-01-31T12:00:00.000Z",
    "2026-01-31T12:00:00.123456Z, 2026-01-31T12:00:00.123Z"
  })
  void tellTheTimeInMilliseconds(Instant time, String text) {
    assertThat(header(record("payment.succeeded", time), "ce_time")).isEqualTo(text);
  }

  private ProducerRecord<byte[], byte[]> record(String type, Instant time) {
    var body = new EventBody("evt_1", type, time, 1, "{}");
    return records.record(
        new StoredEvent(UUID.randomUUID(), UUID.randomUUID(), body, null), SUBJECT, 4);
  }

  private static String header(ProducerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
