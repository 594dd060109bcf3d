package io.quittance.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** A merchant's back end: talks JSON over HTTP with its key, to any replica. */
public record Merchant(String key) {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** An answer, with its body as JSON if it had any. */
  public record Answer(int status, JsonNode body, HttpResponse<String> raw) {

    public String code() {
      return body.path("code").asText();
    }
  }

  /** Registers a new merchant with a service process. */
  public static Merchant register(ServiceProcess service) throws IOException, InterruptedException {
    return register(service.uri());
  }

  public static Merchant register(URI service) throws IOException, InterruptedException {
    Answer answer =
        new Merchant(ServiceProcess.OPERATOR_KEY)
            .post(service, "/v1/merchants", null, "{\"name\":\"test\"}");
    return new Merchant(answer.body().at("/api_key/secret").asText());
  }

  public Answer get(URI service, String path) throws IOException, InterruptedException {
    return send(request(service, path).GET().build());
  }

  public Answer put(URI service, String path, String json)
      throws IOException, InterruptedException {
    return send(request(service, path).PUT(BodyPublishers.ofString(json)).build());
  }

  /** Posts under an idempotency key; null: without. */
  public Answer post(URI service, String path, String idempotencyKey, String json)
      throws IOException, InterruptedException {
    return post(
        service,
        path,
        json,
        idempotencyKey == null ? Map.of() : Map.of("Idempotency-Key", idempotencyKey));
  }

  public Answer post(URI service, String path, String json, Map<String, String> headers)
      throws IOException, InterruptedException {
    var request = request(service, path).POST(BodyPublishers.ofString(json));
    headers.forEach(request::header);
    return send(request.build());
  }

  /** Opens accounts {@code a0 … a(n-1)} and {@code shop}, and pays the funds into each. */
  public void openAccounts(URI service, int accounts, long funds)
      throws IOException, InterruptedException {
    put(service, "/v1/accounts/world", "{\"currency\":\"EUR\",\"kind\":\"external\"}");
    put(service, "/v1/accounts/shop", "{\"currency\":\"EUR\"}");
    for (int i = 0; i < accounts; i++) {
      put(service, "/v1/accounts/a" + i, "{\"currency\":\"EUR\"}");
      String transfer =
          "{\"from\":\"world\",\"to\":\"a%d\",\"amount\":%d,\"currency\":\"EUR\"}"
              .formatted(i, funds);
      post(service, "/v1/transfers", UUID.randomUUID().toString(), transfer);
    }
  }

  public static String payment(long amount, String payer, String payee) {
    return "{\"amount\":%d,\"currency\":\"EUR\",\"payer\":\"%s\",\"payee\":\"%s\"}"
        .formatted(amount, payer, payee);
  }

  private HttpRequest.Builder request(URI service, String path) {
    return HttpRequest.newBuilder(service.resolve(path))
        .timeout(Duration.ofSeconds(40))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json");
  }

  private static Answer send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
    JsonNode body =
        response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
    return new Answer(response.statusCode(), body, response);
  }
}
