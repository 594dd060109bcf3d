package io.quittance.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class HeaderArgumentsTest {

  private static IdempotencyHeaders keyed(@Nullable String key, String... prefer) {
    var request = new MockHttpServletRequest();
    if (key != null) {
      request.addHeader("Idempotency-Key", key);
    }
    Stream.of(prefer).forEach(value -> request.addHeader("Prefer", value));
    return IdempotencyHeaders.of(request);
  }

  private static DeadlineHeader deadline(String text) {
    return new DeadlineHeader(text, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"order-1|order-1", "\"order-1\"|order-1", "\"a\\\"b\"|a\"b", "` order 1 `|order 1"})
  void readsAKeyBareOrQuoted(String header, String key) {
    assertThat(keyed(header).requireKey()).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"open", "\"\"", "ключ", "tab\tinside"})
  void refusesWhatIsNoKey(String header) {
    assertThatThrownBy(keyed(header)::requireKey)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_IDEMPOTENCY_KEY));
  }

  @Test
  void asksForAKeyThatIsNotThere() {
    assertThatThrownBy(keyed(null)::requireKey)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.IDEMPOTENCY_KEY_REQUIRED));
  }

  @Test
  void waitsAsLongAsIsPreferredAndHalfAMinuteAtMost() {
    assertThat(keyed("k").waitLimit()).isZero();
    assertThat(keyed("k", "respond-async, wait=5").waitLimit()).isEqualTo(Duration.ofSeconds(5));
    assertThat(keyed("k", "wait=9999").waitLimit()).isEqualTo(Duration.ofSeconds(30));
    assertThat(keyed("k", "wait=60000").waitLimit()).isEqualTo(Duration.ofSeconds(30));
    assertThat(keyed("k", "wait=" + "9".repeat(30)).waitLimit()).isEqualTo(Duration.ofSeconds(30));
    assertThat(keyed("k", "Wait=5").waitLimit()).isEqualTo(Duration.ofSeconds(5));
    assertThat(keyed("k", "wait=\"5\"").waitLimit()).isEqualTo(Duration.ofSeconds(5));
    assertThat(keyed("k", "wait=\"5").waitLimit()).isZero();
    assertThat(keyed("k", "await=5").waitLimit()).isZero();
  }

  @Test
  void readsPreferencesOfSeveralHeaders() {
    IdempotencyHeaders headers = keyed("k", "wait=5", "Respond-Async");
    assertThat(headers.waitLimit()).isEqualTo(Duration.ofSeconds(5));
    assertThat(headers.respondAsync()).isTrue();
    assertThat(keyed("k", "wait=5").respondAsync()).isFalse();
  }

  @Test
  void takesADeadlineWithinItsRange() {
    assertThat(new DeadlineHeader(null, 0).milliseconds(2_000, 30_000, "")).isEqualTo(2_000);
    assertThat(deadline(" 50 ").milliseconds(2_000, 30_000, "")).isEqualTo(50);
    assertThat(deadline("30000").milliseconds(2_000, 30_000, "")).isEqualTo(30_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"49", "30001", "2s", "-100", "", "99999999999"})
  void refusesAnotherDeadlineWithTheRange(String text) {
    assertThatThrownBy(() -> deadline(text).milliseconds(2_000, 30_000, " here"))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("a whole number of milliseconds from 50 to 30000 here.");
  }
}
