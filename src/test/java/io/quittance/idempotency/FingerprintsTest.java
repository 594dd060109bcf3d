package io.quittance.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A repetition is recognized by another version than the one that recorded the request. */
class FingerprintsTest {

  /** A body as one version knows it. */
  private record Body(long amount, String note, Map<String, String> metadata) {}

  /** The same body as the next version knows it. */
  private record GrownBody(
      long amount,
      @JsonInclude(JsonInclude.Include.NON_NULL) String batch,
      String note,
      Map<String, String> metadata) {}

  private final Fingerprints fingerprints = new Fingerprints(new ObjectMapper());

  @Test
  void isTheSameInAVersionThatKnowsMoreFields() {
    assertThat(fingerprints.of(new GrownBody(5, null, "n", Map.of("b", "2", "a", "1"))))
        .isEqualTo(fingerprints.of(new Body(5, "n", Map.of("a", "1", "b", "2"))));
    assertThat(fingerprints.of(new GrownBody(5, null, null, null)))
        .isEqualTo(fingerprints.of(Map.of("amount", 5)));
  }

  @Test
  void differsWithWhatWasSent() {
    assertThat(fingerprints.of(new GrownBody(5, "x", null, null)))
        .isNotEqualTo(fingerprints.of(new GrownBody(5, null, null, null)))
        .isNotEqualTo(fingerprints.of(new GrownBody(5, null, "x", null)));
  }

  @Test
  void recognizesWhatWasRecordedWithNulls() {
    String recorded = fingerprints.former(new Body(5, null, null));

    assertThat(request(new Body(5, null, null)).hasBodyOf(recorded)).isTrue();
    assertThat(request(new GrownBody(5, null, null, null)).hasBodyOf(recorded)).isTrue();
    assertThat(request(new GrownBody(6, null, null, null)).hasBodyOf(recorded)).isFalse();
    assertThat(request(new GrownBody(5, "x", null, null)).hasBodyOf(recorded)).isFalse();
  }

  private KeyedRequest request(Object body) {
    return new KeyedRequest(
        new UUID(0, 1),
        "POST /x",
        "k",
        fingerprints.of(body),
        () -> fingerprints.former(body),
        () -> {});
  }
}
