package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Manner;
import io.quittance.testing.Proves;
import io.quittance.tracing.Tracing;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.courier.Courier;
import io.quittance.webhook.courier.Courier.Permit;
import io.quittance.webhook.courier.WebhookUrl;
import io.quittance.webhook.delivery.Attempt;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoint.Target;
import io.quittance.webhook.endpoint.SecretKeys;
import io.quittance.webhook.endpoint.SigningSecret;
import io.quittance.webhook.endpoint.Subscription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Attempts that wait for others to the same host. */
@Timeout(60)
class WebhookSenderTest {

  private static final Duration LONG = Duration.ofHours(3);
  private static final Duration ATTEMPT_MAX = Duration.ofSeconds(2);
  private static final int PER_HOST = 4;

  private final EventReceiver receiver = new EventReceiver();
  private final String url = receiver.open("/hook", before -> Manner.ACCEPT);
  private final ReceiverLane lane = new ReceiverLane(8, LONG, LONG, false);
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final List<Permit> others = new ArrayList<>();
  private WebhookSender sender;

  @BeforeEach
  void occupyTheHost() throws Exception {
    var registry = new SimpleMeterRegistry();
    WebhookProperties properties = properties();
    context.registerBean(WebhookProperties.class, () -> properties);
    context.registerBean(MeterRegistry.class, () -> registry);
    context.registerBean(
        DeadlineScopes.class, () -> new DeadlineScopes(registry, Clock.systemUTC()));
    context.scan("io.quittance.webhook.courier", "io.quittance.webhook.endpoint");
    context.refresh();
    Courier courier = context.getBean(Courier.class);
    sender = sender(courier);
    for (int i = 0; i < PER_HOST; i++) {
      others.add(
          courier.permit(WebhookUrl.parse(url, true), UUID.randomUUID(), Deadline.after(LONG)));
    }
  }

  private WebhookSender sender(Courier courier) {
    return sender(courier, Tracing.OFF);
  }

  private WebhookSender sender(Courier courier, Tracing tracing) {
    return new WebhookSender(
        context.getBean(WebhookProperties.class),
        new SignedMessages(
            context.getBean(SecretKeys.class),
            new ObjectMapper().registerModule(new JavaTimeModule())),
        Clock.systemUTC(),
        courier,
        tracing,
        context.getBean(MeterRegistry.class));
  }

  @AfterEach
  void close() {
    receiver.close();
    context.close();
  }

  @Test
  @Proves("name servers of receivers")
  void attemptsNothingThatFindsNoRoomWhileItMayBegin() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(sender.attempt(next(Duration.ofMillis(20)))).isEmpty();
      assertThat(lane.next()).isNull();
    }

    assertThat(receiver.attempts()).isEmpty();
    assertThat(lane.halfOpen()).as("whether it is closed, as after three failures").isFalse();
    for (int i = 0; i < 4; i++) {
      assertThat(lane.offer(task(LONG))).as("as many at once as before").isTrue();
    }
  }

  @Test
  void beginsAnAttemptWhenItsWaitIsOver() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      DeliveryTask task = next(LONG);
      Future<Optional<Attempt>> waiting = threads.submit(() -> sender.attempt(task));
      Awaitility.await().until(Deadline.after(ATTEMPT_MAX)::expired);
      assertThat(waiting.isDone()).isFalse();
      Instant roomAt = Instant.now();
      others.forEach(Permit::close);

      Attempt attempt = waiting.get().orElseThrow();
      assertThat(attempt.status()).isEqualTo(204);
      assertThat(attempt.startedAt()).isAfterOrEqualTo(roomAt);
    }
  }

  @Test
  void failsAtAReceiverForWhichNoRoomCanEvenBeAskedFor() throws Exception {
    Courier courier = mock(Courier.class);
    when(courier.permit(any(), any(), any())).thenThrow(new IllegalStateException("no such host"));
    WebhookSender failing = sender(courier);

    for (int i = 0; i < 5; i++) {
      Attempt attempt = failing.attempt(next(LONG)).orElseThrow();
      assertThat(attempt.error()).contains("no such host");
      assertThat(attempt.made()).isTrue();
      assertThat(attempt.pause()).isPositive();
      assertThat(attempt.endpointPause()).isEqualTo(i < 2 ? null : LONG);
      assertThat(lane.next()).isNull();
    }
  }

  @Test
  void keepsNoPermissionWhenAnAttemptBreaksOff() throws Exception {
    Courier courier = mock(Courier.class);
    when(courier.permit(any(), any(), any())).thenThrow(new IllegalStateException("no such host"));
    for (int i = 0; i < 3; i++) {
      sender(courier).attempt(next(LONG));
      assertThat(lane.next()).isNull();
    }
    Tracing tracing = mock(Tracing.class);
    when(tracing.call(any(), any())).thenThrow(new IllegalStateException("broken"));
    WebhookSender broken = sender(mock(Courier.class), tracing);

    for (int i = 0; i < 2; i++) {
      DeliveryTask probe = next(LONG);
      assertThat(lane.halfOpen()).isTrue();
      assertThatThrownBy(() -> broken.attempt(probe)).hasMessage("broken");
      assertThat(lane.next()).isNull();
    }
  }

  @Test
  void measuresFromTheEventToItsReceipt() throws Exception {
    others.forEach(Permit::close);
    Instant happened = Instant.now().minus(LONG);

    assertThat(deliver(task(LONG, happened, happened)).status()).isEqualTo(204);

    assertThat(latency().count()).isEqualTo(1);
    assertThat(latency().totalTime(TimeUnit.HOURS)).isGreaterThanOrEqualTo(LONG.toHours());
  }

  /** By recover or redeliver, hours after its event: the objective is not about that. */
  @Test
  void doesNotMeasureADeliveryThatWasAskedForAgain() throws Exception {
    others.forEach(Permit::close);
    Instant now = Instant.now();

    assertThat(deliver(task(LONG, now.minus(LONG), now)).status()).isEqualTo(204);

    assertThat(latency().count()).isZero();
  }

  private Attempt deliver(DeliveryTask task) throws Exception {
    lane.offer(task);
    return sender.attempt(Objects.requireNonNull(lane.next())).orElseThrow();
  }

  private Timer latency() {
    return context.getBean(MeterRegistry.class).get("quittance.deliveries.latency").timer();
  }

  private DeliveryTask next(Duration startWithin) {
    lane.offer(task(startWithin));
    return Objects.requireNonNull(lane.next());
  }

  private DeliveryTask task(Duration startWithin) {
    Instant now = Instant.now();
    return task(startWithin, now, now);
  }

  private DeliveryTask task(Duration startWithin, Instant happened, Instant added) {
    UUID id = UUID.randomUUID();
    var endpoint =
        new Endpoint(
            id,
            id,
            '0',
            new Target(url, Subscription.of(Set.of("*")), null),
            context.getBean(SecretKeys.class).seal(id, SigningSecret.random()),
            Instant.EPOCH);
    var body = new EventBody("evt", "payment.succeeded", happened, 1, "{}");
    return new DeliveryTask(
        new Claimed(id, id, id, id, 0, false, added, Deadline.after(startWithin)),
        new StoredEvent(id, id, body, null),
        endpoint,
        lane);
  }

  private static WebhookProperties properties() {
    return new WebhookProperties(
        null,
        true,
        null,
        List.of(),
        16,
        PER_HOST / 4,
        LONG,
        ATTEMPT_MAX,
        LONG,
        LONG,
        LONG,
        LONG,
        LONG,
        LONG);
  }
}
