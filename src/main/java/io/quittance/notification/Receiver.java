package io.quittance.notification;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.payment.EventLog.EventBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;

/** Somebody who is told of events over HTTP. Thread-safe. */
final class Receiver {

  private final URI url;
  private final Duration timeout;
  private final ObjectMapper json;
  private final HttpClient http;

  Receiver(URI url, Duration timeout, ObjectMapper json) {
    this.url = url;
    this.timeout = timeout;
    this.json = json;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Posts the event and returns the receiver's status; its body is not read. */
  int post(EventBody event) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("webhook-id", event.id())
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(event)))
            .build();
    var response = http.send(request, BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }
}
