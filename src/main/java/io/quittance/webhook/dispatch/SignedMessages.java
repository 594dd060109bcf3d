package io.quittance.webhook.dispatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.SecretKeys;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Makes the message of an event, signed with each secret of its endpoint that is valid now.
 * Thread-safe.
 *
 * @see <a href="https://www.standardwebhooks.com">Standard Webhooks</a>
 */
@Component
final class SignedMessages {

  /** The operator's receiver gets no signature. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Message(Map<String, String> headers, byte[] body) {}

  private final SecretKeys keys;
  private final ObjectMapper json;

  SignedMessages(SecretKeys keys, ObjectMapper json) {
    this.keys = keys;
    this.json = json;
  }

  /**
   * The message of a delivery.
   *
   * @param trace headers that pass the trace on
   */
  Message of(DeliveryTask task, Instant now, Map<String, String> trace) {
    EventBody event = task.event().body();
    byte[] body = body(event);
    Map<String, String> headers = new LinkedHashMap<>(trace);
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "Quittance");
    headers.put("webhook-id", event.id());
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    Endpoint endpoint = task.endpoint();
    if (endpoint != null) {
      headers.put("webhook-signature", signatures(endpoint, event.id(), now, body));
    }
    return new Message(headers, body);
  }

  private byte[] body(EventBody event) {
    try {
      return json.writeValueAsBytes(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be written", e);
    }
  }

  private String signatures(Endpoint endpoint, String id, Instant now, byte[] body) {
    return endpoint.secrets(now).stream()
        .map(secret -> keys.open(endpoint.getId(), secret).sign(id, now, body))
        .collect(Collectors.joining(" "));
  }
}
