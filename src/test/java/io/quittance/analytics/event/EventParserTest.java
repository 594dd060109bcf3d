package io.quittance.analytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.Vocabulary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventParserTest {

  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00.5Z");
  private static final UUID MERCHANT = new UUID(1, 2);
  private static final String SOUND = "{\"id\":\"a\",\"type\":\"page.view\"}";

  private final EventParser parser = new EventParser();
  private final Vocabulary vocabulary = new Vocabulary(new Vocabulary.Limits(3, 2));

  @Test
  void readsAllFieldsOfAnEvent() {
    ParsedBody body =
        lines(
            """
            {"id":"e1","type":"cart.paid","time":"2026-11-26T10:59:58+01:00","data":{"amount":1250,\
            "currency":"EUR","payment_id":"pay_01k9z3v8e4f6h8j0m2p4r6t8w0","account":"alice",\
            "session":"s1","labels":{"plan":"pro","country":"DE"}}}
            """);

    EventBatch events = body.events();
    assertThat(events.size()).isEqualTo(1);
    assertThat(events.type(0).text()).isEqualTo("cart.paid");
    assertThat(events.second(0)).isEqualTo(Instant.parse("2026-11-26T09:59:58Z").getEpochSecond());
    assertThat(events.amount(0)).isEqualTo(1250);
    assertThat(events.currency(0)).isEqualTo("EUR");
    assertThat(events.payment(0)).isNotNull();
    assertThat(events.sessionHash(0)).isNotZero();
    assertThat(List.of(events.label(0).toString(), events.label(1).toString()))
        .containsExactly("label:plan=pro", "label:country=DE");
    assertThat(body.newNames()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource
  void readsTheSameInEveryForm(EventFormat format) {
    ParsedBody body = parse(format, format == EventFormat.LINES ? SOUND : "[" + SOUND + "]");

    assertThat(body.events().size()).isEqualTo(1);
    assertThat(body.events().second(0)).isEqualTo(NOW.getEpochSecond());
    assertThat(body.events().currency(0)).isNull();
  }

  /** The first word is what the event is, or the code of its error and the field. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "required id                   | {'type':'a'}",
        "required id                   | {'id':null,'type':'a'}",
        "required type                 | {'id':'1'}",
        "out_of_range id               | {'id':'','type':'a'}",
        "wrong_type id                 | {'id':1,'type':'a'}",
        "wrong_type id                 | {'id':{'a':[1]},'type':'a'}",
        "invalid_format id             | {'id':'\\ud800','type':'a'}",
        "invalid_format id             | {'id':'\\u0000','type':'a'}",
        "invalid_format type           | {'id':'1','type':'A'}",
        "invalid_format type           | {'id':'1','type':'1a'}",
        "not_allowed type              | {'id':'1','type':'a_4111111111111111'}",
        "invalid_format time           | {'id':'1','type':'a','time':'today'}",
        "wrong_type time               | {'id':'1','type':'a','time':1764151200}",
        "wrong_type data               | {'id':'1','type':'a','data':[]}",
        "unknown_field tpye            | {'id':'1','type':'a','tpye':'a'}",
        "unknown_field source          | {'id':'1','type':'a','source':'web'}",
        "unknown_field data.amout      | {'id':'1','type':'a','data':{'amout':1}}",
        "out_of_range data.amount      | {'id':'1','type':'a','data':{'amount':0,'currency':'EUR'}}",
        "out_of_range data.amount      | {'id':'1','type':'a','data':{'amount':-5,'currency':'EUR'}}",
        "out_of_range data.amount      | {'id':'1','type':'a','data':{'amount':9007199254740992,'currency':'EUR'}}",
        "out_of_range data.amount      | {'id':'1','type':'a','data':{'amount':99999999999999999999,'currency':'EUR'}}",
        "wrong_type data.amount        | {'id':'1','type':'a','data':{'amount':1.0,'currency':'EUR'}}",
        "wrong_type data.amount        | {'id':'1','type':'a','data':{'amount':'1','currency':'EUR'}}",
        "required data.currency        | {'id':'1','type':'a','data':{'amount':1}}",
        "invalid_format data.currency  | {'id':'1','type':'a','data':{'amount':1,'currency':'eur'}}",
        "invalid_format data.currency  | {'id':'1','type':'a','data':{'amount':1,'currency':'QQQ'}}",
        "invalid_format data.payment_id| {'id':'1','type':'a','data':{'payment_id':'pay_1'}}",
        "wrong_type data.session       | {'id':'1','type':'a','data':{'session':7}}",
        "wrong_type data.labels        | {'id':'1','type':'a','data':{'labels':[]}}",
        "wrong_type data.labels.a      | {'id':'1','type':'a','data':{'labels':{'a':1}}}",
        "required data.labels.a        | {'id':'1','type':'a','data':{'labels':{'a':null}}}",
        "out_of_range data.labels      | {'id':'1','type':'a','data':{'labels':{'a':'1','b':'1','c':'1','d':'1','e':'1','f':'1'}}}",
        "not_allowed data.labels.a     | {'id':'1','type':'a','data':{'labels':{'a':'4111 1111 1111 1111'}}}",
        "repeated data.labels.a        | {'id':'1','type':'a','data':{'labels':{'a':'1','a':'2'}}}",
        "repeated id                   | {'id':'1','id':'1','type':'a'}",
        "repeated data.amount          | {'id':'1','type':'a','data':{'amount':1,'amount':1,'currency':'EUR'}}",
        "repeated data                 | {'id':'1','type':'a','data':{},'data':{}}",
        "wrong_type                    | 1",
        "wrong_type                    | ['id']",
        "wrong_type                    | null",
        "malformed_json                | {'id':'1','type':'a'",
        "malformed_json                | {'id':'1','type':'a'}}",
        "malformed_json                | {'id':'1','type':'a'} {'id':'2','type':'a'}",
        "malformed_json                | {'id':'1','type':'a",
        "malformed_json                | {id:1}",
        "malformed_json                | hello",
        "malformed_json                | {'id':'1','type':'a','time':nope}",
        "malformed_json                | {'id':'1','type':'a',}",
      })
  void rejectsAnEventAndNoOther(String expected, String event) {
    ParsedBody body = lines(SOUND + "\n" + event.replace('\'', '"') + "\n" + SOUND);

    assertThat(body.events().size()).isEqualTo(2);
    assertThat(body.rejected()).isEqualTo(1);
    EventError error = body.errors().getFirst();
    assertThat((error.code() + " " + error.param()).strip()).isEqualTo(expected.strip());
    assertThat(error.index()).isEqualTo(1);
    assertThat(error.detail()).endsWith(".");
  }

  @Test
  void namesTheEventThatItRejectsWhereverItsIdStands() {
    ParsedBody body = lines("{\"type\":\"A\",\"data\":{\"labels\":7},\"id\":\"the one\"}");

    assertThat(body.errors().getFirst().id()).isEqualTo("the one");
  }

  @Test
  void rejectsATextThatIsTooLong() {
    assertThat(errorOf("x".repeat(64))).isNull();
    assertThat(errorOf("x".repeat(65))).isEqualTo("too_long");
    assertThat(errorOf("😀".repeat(64))).isNull();
    assertThat(errorOf("😀".repeat(65))).isEqualTo("too_long");
  }

  private String errorOf(String id) {
    ParsedBody body = lines("{\"id\":\"%s\",\"type\":\"a\"}".formatted(id));
    return body.rejected() == 0 ? null : body.errors().getFirst().code();
  }

  @Test
  void rejectsAnEventThatIsNestedTooDeeply() {
    String deep =
        "{\"id\":\"1\",\"type\":\"a\",\"x\":%s1%s}"
            .formatted("[".repeat(100_000), "]".repeat(100_000));

    for (EventFormat format : EventFormat.values()) {
      String separator = format == EventFormat.LINES ? "\n" : ",";
      String all = SOUND + separator + deep + separator + SOUND;
      ParsedBody body = parse(format, format == EventFormat.LINES ? all : "[" + all + "]");

      assertThat(body.events().size()).isEqualTo(2);
      assertThat(body.errors().getFirst().code()).isEqualTo("malformed_json");
      assertThat(body.errors().getFirst().id()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c0af", "eda080", "ff", "e282", "f4908080"})
  void rejectsAnEventThatIsNotUtf8(String bytes) {
    byte[] body =
        concat(
            (SOUND + "\n{\"type\":\"a\",\"id\":\"").getBytes(UTF_8),
            HexFormat.of().parseHex(bytes),
            ("\"}\n" + SOUND).getBytes(UTF_8));

    ParsedBody parsed = parser.parse(body, EventFormat.LINES, MERCHANT, vocabulary, NOW);

    assertThat(parsed.events().size()).isEqualTo(2);
    assertThat(parsed.errors().getFirst().code()).isEqualTo("malformed_json");
  }

  @Test
  void takesOtherAttributesOfCloudEventsOnly() {
    String event =
        """
        {"specversion":"1.0","id":"1","source":"/web","type":"a","subject":"x","traceparent":{"a":[1]}}\
        """;

    assertThat(parse(EventFormat.CLOUD_EVENTS, "[" + event + "]").events().size()).isEqualTo(1);
    assertThat(parse(EventFormat.ARRAY, "[" + event + "]").rejected()).isEqualTo(1);
    assertThat(
            parse(EventFormat.CLOUD_EVENTS, "[{\"id\":\"1\",\"type\":\"a\",\"x\":1,\"x\":1}]")
                .errors()
                .getFirst()
                .code())
        .isEqualTo("repeated");
  }

  @Test
  void indexesNoBlankLines() {
    ParsedBody body = lines("\n  \r\n" + SOUND + "\r\n\n\t\n{}\n\n");

    assertThat(body.received()).isEqualTo(2);
    assertThat(body.errors().getFirst().index()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n ", "[]", " [ ] \n"})
  void takesNothingForNothing(String nothing) {
    assertThat(parse(EventFormat.ARRAY, nothing).received()).isZero();
    assertThat(lines("").received()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "1",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[{]",
        "[}",
        "[1]]",
        "[1] 2",
        "[\"a]",
        "[{\"a\":\"]"
      })
  void refusesWhatCannotBeDivided(String body) {
    assertThatThrownBy(() -> parse(EventFormat.ARRAY, body))
        .isInstanceOf(MalformedBodyException.class);
  }

  @Test
  void dividesAnArrayWhereItsTextsHaveBracketsAndQuotes() {
    String odd = "{\"id\":\"]},\\\"[{\",\"type\":\"a\",\"data\":{\"session\":\"\\\\\"}}";

    assertThat(parse(EventFormat.ARRAY, "[" + odd + " , " + odd + "]").events().size())
        .isEqualTo(2);
  }

  @Test
  void refusesMoreEventsThanABodyMayHave() {
    assertThat(lines((SOUND + "\n").repeat(10_000)).received()).isEqualTo(10_000);
    assertThatThrownBy(() -> lines((SOUND + "\n").repeat(10_001)))
        .isInstanceOf(TooManyEventsException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-25T10:00:00Z, false",
    "2026-11-25T09:59:59Z, true",
    "2026-11-26T10:05:00Z, false",
    "2026-11-26T10:05:01Z, true"
  })
  void takesTimesOfADayBackAndFiveMinutesAhead(String time, boolean late) {
    ParsedBody body = lines("{\"id\":\"1\",\"type\":\"a\",\"time\":\"%s\"}".formatted(time));

    assertThat(body.late()).isEqualTo(late ? 1 : 0);
    assertThat(body.events().size()).isEqualTo(late ? 0 : 1);
    assertThat(body.errors()).isEmpty();
  }

  @Test
  void listsAHundredErrorsAndCountsAll() {
    ParsedBody body = lines("{}\n".repeat(500));

    assertThat(body.rejected()).isEqualTo(500);
    assertThat(body.errors()).hasSize(100);
  }

  @Test
  void boundsTheNamesThatItKeeps() {
    String body =
        IntStream.range(0, 5_000)
            .mapToObj(
                i ->
                    "{\"id\":\"%d\",\"type\":\"t%d\",\"data\":{\"labels\":{\"k%d\":\"v%d\",\"k\":\"w%d\"}}}"
                        .formatted(i, i, i, i, i))
            .collect(Collectors.joining("\n"));

    ParsedBody parsed = lines(body);

    assertThat(parsed.events().size()).isEqualTo(5_000);
    assertThat(parsed.newNames()).hasSizeLessThan(3 + 2 * 101 + 1);
    assertThat(parsed.events().type(4_999).text()).isEqualTo("other");
  }

  @Test
  void findsNamesThatAreKept() {
    Vocabulary full =
        vocabulary.with(
            List.of(
                Name.unassigned(Name.TYPES, "page.view"),
                Name.unassigned(Name.TYPES, "b"),
                Name.unassigned(Name.TYPES, "c"),
                Name.unassigned("label:plan", "pro"),
                Name.unassigned("label:plan", "free")));
    byte[] body =
        "{\"id\":\"1\",\"type\":\"d\",\"data\":{\"labels\":{\"plan\":\"pro\"}}}\n{\"id\":\"1\",\"type\":\"c\",\"data\":{\"labels\":{\"plan\":\"gold\"}}}"
            .getBytes(UTF_8);

    ParsedBody parsed = parser.parse(body, EventFormat.LINES, MERCHANT, full, NOW);

    assertThat(parsed.newNames()).isEmpty();
    assertThat(
            List.of(
                parsed.events().type(0).text(),
                parsed.events().label(0).text(),
                parsed.events().type(1).text(),
                parsed.events().label(1).text()))
        .containsExactly("other", "pro", "c", "other");
  }

  /** Whatever bytes there are between two sound events, they are counted, and nothing breaks. */
  @Property(tries = 3_000)
  void livesThroughAnyBytes(@ForAll @Size(max = 60) byte[] noise) {
    byte[] body = concat((SOUND + "\n").getBytes(UTF_8), noise, ("\n" + SOUND).getBytes(UTF_8));

    ParsedBody parsed = parser.parse(body, EventFormat.LINES, MERCHANT, vocabulary, NOW);

    assertThat(parsed.events().size()).isGreaterThanOrEqualTo(2);
  }

  /** One byte of a body is another one: the sound events beside it are read as before. */
  @Property(tries = 3_000)
  void livesThroughABrokenByte(@ForAll @IntRange(max = 99) int at, @ForAll byte other) {
    String rich =
        "{\"id\":\"e\",\"type\":\"a.b\",\"time\":\"2026-11-26T09:59:58Z\",\"data\":{\"amount\":12,\"currency\":\"EUR\",\"labels\":{\"p\":\"é\"}}}";
    byte[] body = (rich + "\n" + SOUND).getBytes(UTF_8);
    body[at] = other;

    ParsedBody parsed = parser.parse(body, EventFormat.LINES, MERCHANT, vocabulary, NOW);

    assertThat(parsed.received()).isBetween(2, 3);
    assertThat(parsed.events().size() + parsed.late()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void tellsIdsAndMerchantsApart() {
    var hashes = new ArrayList<Long>();
    for (UUID merchant : List.of(MERCHANT, new UUID(2, 1))) {
      for (String id : List.of("a", "b", "aa", "")) {
        byte[] body = "{\"id\":\"%sx\",\"type\":\"a\"}".formatted(id).getBytes(UTF_8);
        hashes.add(
            parser.parse(body, EventFormat.LINES, merchant, vocabulary, NOW).events().idHash(0));
      }
    }
    assertThat(hashes).doesNotHaveDuplicates();
  }

  private ParsedBody lines(String body) {
    return parse(EventFormat.LINES, body);
  }

  private ParsedBody parse(EventFormat format, String body) {
    return parser.parse(body.getBytes(UTF_8), format, MERCHANT, vocabulary, NOW);
  }

  private static byte[] concat(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
