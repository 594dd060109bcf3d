package io.quittance.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** Carries operations out over HTTP: fills the gaps of one prepared request for each kind. */
final class HttpClient implements Client {

  private static final int CREATED = 201;
  private static final int ID_LENGTH = 30;
  private static final String BLANK_ID = "-".repeat(ID_LENGTH);
  private static final byte[] ID_STARTS = Http.ascii("{\"id\":\"");

  private final Http http;
  private final Map<Kind, PreparedRequest> requests = new EnumMap<>(Kind.class);

  /** Of the payment that was made last. */
  private final byte[] paymentId = new byte[ID_LENGTH];

  HttpClient(int port, String apiKey) throws IOException {
    http = new Http(port);
    String payments = "/v1/payments";
    String payment = payments + "/" + BLANK_ID;
    String terms = "\"currency\":\"EUR\",\"payer\":\"a00000\",\"payee\":\"a00000\"";
    prepare(Kind.PAYMENT, apiKey, payments, "{\"amount\":0000," + terms + "}");
    prepare(
        Kind.AUTHORIZATION,
        apiKey,
        payments,
        "{\"amount\":0000," + terms + ",\"capture_method\":\"manual\"}");
    prepare(Kind.PART_CAPTURE, apiKey, payment + "/captures", "{\"amount\":0000,\"final\":false}");
    prepare(Kind.CAPTURE, apiKey, payment + "/captures", "{\"amount\":0000,\"final\":true}");
    prepare(Kind.REFUND, apiKey, payment + "/refunds", "{\"amount\":0000}");
  }

  private void prepare(Kind kind, String apiKey, String path, String body) {
    requests.put(kind, new PreparedRequest(apiKey, path, BLANK_ID, body));
  }

  @Override
  public void carryOut(Step step) throws IOException {
    int status = http.exchange(requests.get(step.kind()).fill(step, paymentId));
    if (status != CREATED) {
      throw new IOException("status %d for %s: %s".formatted(status, step, http.body()));
    }
    if (step.kind() == Kind.PAYMENT || step.kind() == Kind.AUTHORIZATION) {
      http.copyAfter(ID_STARTS, paymentId);
    }
  }

  /** A request with a body, for everything but the measured path. */
  static byte[] request(String method, String path, String bearer, String key, String body) {
    String text =
        String.join(
            "\r\n",
            method + " " + path + " HTTP/1.1",
            "Host: localhost",
            "Authorization: Bearer " + bearer,
            "Content-Type: application/json",
            "Content-Length: " + body.length(),
            "Idempotency-Key: " + key,
            "",
            body);
    return Http.ascii(text);
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
