package io.quittance.web.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonWriter;

/** What must not be in a log is not, whoever logs it and in whatever part of the line. */
class RedactionTest {

  private static final String KEY = "qt_abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE";
  private static final String SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "opaque-credential-0123456789";
  private static final String CARD = "4111 1111 1111 1111";

  private static final List<String> TEXTS =
      List.of(
          "key " + KEY,
          "secret=" + SIGNING + ".",
          "Bearer " + OTHER,
          "Basic " + OTHER,
          "Authorization: Token " + OTHER,
          "{\"authorization\":\"" + OTHER + "\"}",
          "jdbc:postgresql://db/x?user=u&password=" + OTHER,
          "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZXJjaGFudCJ9." + OTHER,
          "card " + CARD,
          "Detail: Failing row contains (1, " + CARD + ", null)");

  @Test
  void takesSecretsOutOfLinesForPeople() {
    var context = new LoggerContext();
    var layout = new PatternLayout();
    layout.setContext(context);
    layout.getInstanceConverterMap().put("redacted", RedactingConverter::new);
    layout.setPattern("%redacted(%X{note} %m%n%ex)");
    layout.start();
    for (String text : TEXTS) {
      var event =
          new LoggingEvent(
              "test",
              context.getLogger("test"),
              ch.qos.logback.classic.Level.INFO,
              text,
              new IllegalStateException(text, new IllegalArgumentException(text)),
              null);
      event.setMDCPropertyMap(Map.of("note", text));

      String line = layout.doLayout(event);

      assertClean(line);
      assertThat(line).contains("IllegalStateException");
    }
  }

  @Test
  void takesSecretsOutOfLinesForMachines() {
    JsonWriter<Object> writer =
        JsonWriter.of(
            members -> {
              members.add("message", Object::toString);
              members.add("nested", text -> Map.of("inner", text.toString()));
              new RedactingMembers().customize(members);
            });

    TEXTS.forEach(text -> assertClean(writer.writeToString(text)));
  }

  @Test
  void leavesTheRestOfALineAlone() {
    String line = "Payment pay_01jd8x0000000000000000000 of mch_01 ended: 1764000000000";

    assertThat(Redaction.of(line)).isEqualTo(line);
  }

  private static void assertClean(String line) {
    assertThat(line)
        .doesNotContain(KEY, SIGNING, OTHER, CARD, KEY.substring(3), SIGNING.substring(6));
  }
}
