package io.quittance.analytics.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.analytics.event.EventBatch;
import io.quittance.analytics.event.EventFormat;
import io.quittance.analytics.event.EventParser;
import io.quittance.analytics.event.ParsedBody;
import io.quittance.analytics.intake.Body;
import io.quittance.analytics.name.Vocabulary;
import io.quittance.analytics.pane.Totals;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher packs, a consumer reads. */
class EventRecordTest {

  private static final Vocabulary NAMES = new Vocabulary(new Vocabulary.Limits(10, 10));

  private final UUID merchant = TypeId.next();
  private final ParsedBody content =
      new EventParser()
          .parse(
              """
              {"id":"1","type":"view"}
              {"id":"2","type":"paid","time":"%1$s","data":{"amount":9007199254740991,"currency":"EUR","session":"s"}}
              {"id":"3","type":"paid","data":{"payment_id":"pay_00000000000000000000000001","labels":{"a":"x","b":"ü"}}}
              {"id":"4","type":"view","time":"%1$s","data":{"amount":1,"currency":"EUR","labels":{"b":"ü"}}}
              """
                  .formatted(Instant.now().minusSeconds(3_600))
                  .getBytes(UTF_8),
              EventFormat.LINES,
              merchant,
              NAMES,
              Instant.now());

  @Test
  void isReadAsItWasPacked() throws Exception {
    var builder = new RecordBuilder(merchant);
    var verdicts = new Totals.Counts(3, 1, 5, 200, 0, 0, 0);
    var key = new Body.Key("key", "fingerprint");
    var second = new BitSet();
    second.set(1);
    builder.add(new Body(merchant, content, null, 1), second, verdicts);
    builder.add(new Body(merchant, content, key, 1), new BitSet(), Totals.Counts.NONE);

    EventRecord record = EventRecord.read(builder.end("topic").value());

    assertThat(record.merchantId()).isEqualTo(merchant);
    assertThat(record.id()).isEqualTo(builder.id());
    assertThat(record.parts()).hasSize(2);
    assertThat(record.parts().getFirst().key()).isNull();
    assertThat(record.parts().getFirst().verdicts()).isEqualTo(verdicts);
    assertSame(record.parts().getFirst().events(), List.of(0, 2, 3));
    assertThat(record.parts().getLast().key()).isEqualTo(key);
    assertThat(record.parts().getLast().verdicts()).isEqualTo(Totals.Counts.NONE);
    assertSame(record.parts().getLast().events(), List.of(0, 1, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\u0001", "something else", "\u0001 cut off in the middle of a record"})
  void refusesWhatIsNoRecord(String value) {
    assertThatThrownBy(() -> EventRecord.read(value.getBytes(UTF_8)))
        .isInstanceOf(UnreadableRecordException.class);
  }

  private void assertSame(EventBatch read, List<Integer> places) {
    EventBatch packed = content.events();
    assertThat(read.size()).isEqualTo(places.size());
    int next = 0;
    for (int i : places) {
      assertThat(read.second(next)).isEqualTo(packed.second(i));
      assertThat(read.type(next)).isEqualTo(packed.type(i));
      assertThat(read.amount(next)).isEqualTo(packed.amount(i));
      assertThat(read.currency(next)).isEqualTo(packed.currency(i));
      assertThat(read.sessionHash(next)).isEqualTo(packed.sessionHash(i));
      assertThat(read.payment(next)).isEqualTo(packed.payment(i));
      int labels = packed.firstLabel(i + 1) - packed.firstLabel(i);
      assertThat(read.firstLabel(next + 1) - read.firstLabel(next)).isEqualTo(labels);
      for (int label = 0; label < labels; label++) {
        assertThat(read.label(read.firstLabel(next) + label))
            .isEqualTo(packed.label(packed.firstLabel(i) + label));
      }
      next++;
    }
  }

  @Test
  void refusesWhatALaterReleaseWrote() {
    assertThatThrownBy(() -> EventRecord.read(new byte[] {2}))
        .isInstanceOf(UnreadableRecordException.class)
        .hasMessageContaining("a record has the unknown version 2");
  }
}
