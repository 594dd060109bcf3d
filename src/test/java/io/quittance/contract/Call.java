package io.quittance.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One HTTP request in the making. Sending it twice repeats it, idempotency key and all. Every
 * answer must be one that the API's document foretells.
 */
final class Call {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final String method;
  private final URI uri;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private BodyPublisher body = BodyPublishers.noBody();
  private boolean foretold = true;

  Call(String method, URI uri) {
    this.method = method;
    this.uri = uri;
  }

  Call header(String name, String value) {
    headers.put(name, List.of(value));
    return this;
  }

  /** A header that stands twice. */
  Call twice(String name, String value, String other) {
    headers.put(name, List.of(value, other));
    return this;
  }

  Call without(String name) {
    headers.remove(name);
    return this;
  }

  Call key(String idempotencyKey) {
    return header("Idempotency-Key", idempotencyKey);
  }

  Call randomKey() {
    return key(UUID.randomUUID().toString());
  }

  Call deadline(long milliseconds) {
    return header("Payment-Deadline-Ms", Long.toString(milliseconds));
  }

  Call body(JsonNode json) {
    return body(json.toString());
  }

  Call body(String json) {
    body = BodyPublishers.ofString(json);
    return headers.containsKey("Content-Type") ? this : header("Content-Type", "application/json");
  }

  /** A body that need not be text. */
  Call bytes(byte[] bytes) {
    body = BodyPublishers.ofByteArray(bytes);
    return header("Content-Type", "application/json");
  }

  /** A body whose length is not announced. */
  Call chunked(String json) {
    body(json);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    body = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
    return this;
  }

  /** The answer has what a later version has stored, which stands in the later one's document. */
  Call showingALaterRelease() {
    foretold = false;
    return this;
  }

  Answer send() {
    var request = HttpRequest.newBuilder(uri).timeout(PATIENCE).method(method, body);
    headers.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    long start = System.nanoTime();
    try {
      // The request's own limit ends where the headers have come; a stream would go on for ever.
      var response =
          HTTP.sendAsync(request.build(), BodyHandlers.ofString())
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      var answer =
          new Answer(
              response.statusCode(),
              response.headers(),
              response.body(),
              Duration.ofNanos(System.nanoTime() - start));
      if (foretold) {
        OpenApi.of(uri).foretells(method, uri, answer);
      }
      return answer;
    } catch (ExecutionException e) {
      throw new UncheckedIOException(new IOException(method + " " + uri, e.getCause()));
    } catch (TimeoutException e) {
      throw new AssertionError("no whole answer to " + method + " " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
