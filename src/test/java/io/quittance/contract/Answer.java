package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/** What the service answered, and how long that took. */
record Answer(int status, HttpHeaders headers, String text, Duration took) {

  JsonNode body() {
    return Json.parse(text);
  }

  /** What is at a JSON pointer. */
  JsonNode at(String pointer) {
    return body().at(pointer);
  }

  /** The text at a JSON pointer; empty when there is nothing. */
  String text(String pointer) {
    return body().at(pointer).asText();
  }

  long number(String pointer) {
    JsonNode node = body().at(pointer);
    assertThat(node.isIntegralNumber()).as("%s is an integer in %s", pointer, text).isTrue();
    return node.longValue();
  }

  String id() {
    return text("/id");
  }

  String code() {
    return text("/code");
  }

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** Checks the status, and shows the whole answer when it is another one. */
  Answer is(int expected) {
    assertThat(status).as("status of: %s", this).isEqualTo(expected);
    return this;
  }

  /** Checks that this is a complete problem (RFC 9457) with this status and code. */
  Answer isProblem(int expected, String code) {
    is(expected);
    JsonNode body = body();
    assertThat(header("Content-Type").orElse("")).startsWith("application/problem+json");
    assertThat(body.path("code").asText()).as("code of: %s", this).isEqualTo(code);
    assertThat(body.path("status").asInt()).isEqualTo(expected);
    for (String name : new String[] {"type", "title", "detail", "instance", "request_id"}) {
      assertThat(body.path(name).asText()).as("%s in %s", name, this).isNotEmpty();
    }
    assertThat(body.path("request_id").asText()).isEqualTo(header("X-Request-Id").orElseThrow());
    assertSentences(body.path("errors"));
    assertThat(body.path("detail").asText()).as("detail of: %s", this).matches("(?s).*[.)]");
    assertThat(body.path("retryable").isBoolean()).as("retryable in %s", this).isTrue();
    assertThat(body.path("outcome").asText()).isIn("none", "applied", "unknown");
    if (body.path("outcome").asText().equals("unknown")) {
      assertThat(body.path("resolves_by").asText()).matches(Contract.TIME);
    }
    return this;
  }

  /** Checks that bad input is told with one error: where, what, and in a sentence. */
  Answer isRefused(String param, String code) {
    assertThat(status).as("status of: %s", this).isEqualTo(400);
    JsonNode errors = body().path("errors");
    assertThat(errors).as("errors of: %s", this).hasSize(1);
    assertThat(errors.at("/0/param").asText()).as("param of: %s", this).isEqualTo(param);
    assertThat(errors.at("/0/code").asText()).as("code of: %s", this).isEqualTo(code);
    return this;
  }

  /** Each error's detail is a sentence about the field that it names. */
  private void assertSentences(JsonNode errors) {
    for (JsonNode error : errors) {
      String param = error.path("param").asText();
      assertThat(error.path("detail").asText())
          .as("detail in %s", this)
          .startsWith(param.isEmpty() ? "The " : "`" + param + "` ")
          .endsWith(".");
    }
  }

  /** Checks that this is a problem after which nothing has moved. */
  Answer movedNothing() {
    assertThat(text("/outcome")).isEqualTo("none");
    return this;
  }

  @Override
  public String toString() {
    return status + " " + text + " " + headers.map();
  }
}
