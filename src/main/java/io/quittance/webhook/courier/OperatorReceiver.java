package io.quittance.webhook.courier;

import io.quittance.webhook.courier.Courier.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The receiver that the operator configured. It is trusted and may be in a private network, so it
 * is called without a {@link Courier}. Thread-safe.
 */
public final class OperatorReceiver {

  private final URI url;
  private final Duration timeout;
  private final HttpClient http;

  public OperatorReceiver(URI url, Duration timeout) {
    this.url = url;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Posts a message; the answer's body is not read. */
  public Reply post(Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    var response = http.send(request.build(), BodyHandlers.ofInputStream());
    response.body().close();
    return new Reply(response.statusCode(), null, "");
  }
}
