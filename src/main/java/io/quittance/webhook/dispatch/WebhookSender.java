package io.quittance.webhook.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quittance.concurrency.Deadline;
import io.quittance.tracing.Call;
import io.quittance.tracing.Tracing;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.courier.Courier;
import io.quittance.webhook.courier.Courier.Permit;
import io.quittance.webhook.courier.Courier.Reply;
import io.quittance.webhook.courier.NoRoomException;
import io.quittance.webhook.courier.OperatorReceiver;
import io.quittance.webhook.courier.WebhookUrl;
import io.quittance.webhook.delivery.Attempt;
import io.quittance.webhook.dispatch.SignedMessages.Message;
import io.quittance.webhook.endpoint.Endpoint;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Attempts deliveries: posts the signed event, and judges the answer. 2xx is success; everything
 * else is a failure, redirects included. Thread-safe.
 */
@Component
final class WebhookSender {

  /** Posts a signed message. */
  @FunctionalInterface
  private interface Post {
    Reply post(Map<String, String> headers, byte[] body) throws IOException, InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);

  /** Statuses with which a header Retry-After is respected. */
  private static final Set<Integer> WAIT = Set.of(429, 502, 503, 504);

  /** A delivery that was added later was asked for again. */
  private static final Duration WITH_ITS_EVENT = Duration.ofSeconds(10);

  private final WebhookProperties properties;
  private final SignedMessages messages;
  private final Clock clock;
  private final Courier courier;
  private final Tracing tracing;
  private final @Nullable OperatorReceiver operator;
  private final Timer delivered;

  WebhookSender(
      WebhookProperties properties,
      SignedMessages messages,
      Clock clock,
      Courier courier,
      Tracing tracing,
      MeterRegistry registry) {
    this.properties = properties;
    this.messages = messages;
    this.clock = clock;
    this.courier = courier;
    this.tracing = tracing;
    this.operator =
        properties.delivers()
            ? new OperatorReceiver(Objects.requireNonNull(properties.url()), properties.timeout())
            : null;
    this.delivered =
        Timer.builder("quittance.deliveries.latency")
            .description(
                "From the event to its receipt, all pauses included; deliveries that were asked"
                    + " for again are left out")
            .publishPercentileHistogram()
            .register(registry);
  }

  /**
   * Makes one attempt, once there is room for it.
   *
   * @return empty: there was no room in time. Nothing was sent, and the delivery is due again when
   *     its lease ends
   */
  Optional<Attempt> attempt(DeliveryTask task) throws InterruptedException {
    try {
      Endpoint endpoint = task.endpoint();
      return Optional.of(
          endpoint == null
              ? attempt(task, Objects.requireNonNull(operator)::post)
              : attempt(task, endpoint));
    } catch (NoRoomException e) {
      log.debug("{}: no free slot; retried when its lease ends: {}", name(task), e.getMessage());
      task.lane().gaveUp();
      return Optional.empty();
    } catch (InterruptedException | RuntimeException | Error e) {
      task.lane().gaveUp();
      throw e;
    }
  }

  private static String name(DeliveryTask task) {
    return TypeId.format("dlv", task.delivery().id());
  }

  private Attempt attempt(DeliveryTask task, Endpoint endpoint)
      throws NoRoomException, InterruptedException {
    Permit permit;
    try {
      permit = permit(task, endpoint);
    } catch (RuntimeException e) {
      return failed(task, clock.instant(), Duration.ZERO, null, e, null);
    }
    try (permit) {
      return attempt(
          task,
          (headers, body) -> permit.post(headers, body, Deadline.after(properties.timeout())));
    }
  }

  /** Any other exception is caused by the URL, with which the receiver can never be reached. */
  private Permit permit(DeliveryTask task, Endpoint endpoint)
      throws NoRoomException, InterruptedException {
    WebhookUrl url = WebhookUrl.parse(endpoint.url(), properties.allowLoopback());
    return courier.permit(url, task.delivery().merchantId(), task.delivery().startBy());
  }

  private Attempt attempt(DeliveryTask task, Post post) throws InterruptedException {
    Instant startedAt = clock.instant();
    long start = System.nanoTime();
    try (Call call = tracing.call("webhook attempt", task.event().traceparent())) {
      try {
        Message message = messages.of(task, startedAt, call.headers());
        Reply reply = post.post(message.headers(), message.body());
        call.answered(reply.status());
        return judge(task, startedAt, since(start), reply);
      } catch (IOException | RuntimeException e) {
        call.failed(e);
        return failed(task, startedAt, since(start), null, e, null);
      }
    }
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private Attempt judge(DeliveryTask task, Instant startedAt, Duration took, Reply reply) {
    if (reply.status() >= 200 && reply.status() < 300) {
      task.lane().succeeded(took);
      measure(task);
      return new Attempt(
          task.delivery(),
          startedAt,
          took,
          reply.status(),
          null,
          reply.excerpt(),
          null,
          null,
          url(task));
    }
    @Nullable Duration retryAfter =
        WAIT.contains(reply.status()) ? RetrySchedule.retryAfter(reply.retryAfter(), clock) : null;
    var failure = new IOException("status " + reply.status());
    return failed(task, startedAt, took, reply, failure, retryAfter);
  }

  /** Not of a delivery that was asked for again: when its event happened says nothing of us. */
  private void measure(DeliveryTask task) {
    Instant happened = task.event().body().timestamp();
    if (task.delivery().createdAt().isBefore(happened.plus(WITH_ITS_EVENT))) {
      delivered.record(Duration.between(happened, clock.instant()));
    }
  }

  private Attempt failed(
      DeliveryTask task,
      Instant startedAt,
      Duration took,
      @Nullable Reply reply,
      Exception failure,
      @Nullable Duration retryAfter) {
    @Nullable Duration endpointPause =
        task.lane().failed(took, failure, task.delivery().probe(), retryAfter);
    int attempts = task.delivery().attempts() + 1;
    Duration pause =
        task.endpoint() == null
            ? RetrySchedule.forOperator(attempts, properties.retryMax())
            : RetrySchedule.forEndpoint(attempts, retryAfter).orElse(null);
    return new Attempt(
        task.delivery(),
        startedAt,
        took,
        reply == null ? null : reply.status(),
        reply == null ? failure.toString() : failure.getMessage(),
        reply == null ? null : reply.excerpt(),
        pause,
        endpointPause,
        url(task));
  }

  private String url(DeliveryTask task) {
    Endpoint endpoint = task.endpoint();
    return endpoint == null ? String.valueOf(properties.url()) : endpoint.url();
  }
}
