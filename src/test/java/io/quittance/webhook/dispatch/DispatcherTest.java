package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.payment.event.EventLog;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.Attempt;
import io.quittance.webhook.delivery.AttemptWriter;
import io.quittance.webhook.delivery.DeadLetters;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoint.Target;
import io.quittance.webhook.endpoint.Endpoints;
import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import io.quittance.webhook.endpoint.Subscription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

/** What becomes of claimed deliveries whose endpoint takes none any more. */
class DispatcherTest {

  private static final UUID MERCHANT = TypeId.next();

  private final EventLog events = mock();
  private final Endpoints endpoints = mock();
  private final ReceiverLanes lanes = mock();
  private final WebhookSender sender = mock();
  private final AttemptWriter attempts = mock();
  private final WebhookProperties properties = mock();
  private final Endpoint endpoint =
      new Endpoint(
          TypeId.next(),
          MERCHANT,
          'a',
          new Target("https://shop.example/", Subscription.of(Set.of("*")), null),
          new Sealed("key", new byte[60]),
          Instant.EPOCH);
  private final StoredEvent event =
      new StoredEvent(
          MERCHANT,
          TypeId.next(),
          new EventBody("evt", "payment.succeeded", Instant.EPOCH, 1, "{}"),
          null);
  private final Claimed claimed =
      new Claimed(
          TypeId.next(),
          MERCHANT,
          event.id(),
          endpoint.getId(),
          0,
          false,
          Instant.EPOCH,
          Deadline.after(Duration.ofHours(1)));

  private Dispatcher dispatcher;

  @BeforeEach
  void open() {
    when(properties.workers()).thenReturn(1);
    when(properties.timeout()).thenReturn(Duration.ofSeconds(5));
    when(events.findAll(any(), any())).thenReturn(List.of(event));
    dispatcher =
        new Dispatcher(
            events,
            endpoints,
            lanes,
            sender,
            attempts,
            properties,
            Clock.systemUTC(),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    dispatcher.close();
  }

  /** It may be enabled again since it was read: whoever holds its row decides. */
  @Test
  void leavesDeliveriesOfADisabledEndpointToTheEndOfTheirLease() throws Exception {
    endpoint.disable();
    when(endpoints.findAll(any(), any())).thenReturn(List.of(endpoint));

    dispatcher.dispatch(List.of(claimed));

    verifyNoInteractions(attempts, lanes, sender);
  }

  /** It stays so. */
  @Test
  void endsDeliveriesOfADeletedEndpoint() throws Exception {
    when(endpoints.findAll(any(), any())).thenReturn(List.of());

    dispatcher.dispatch(List.of(claimed));

    var recorded = ArgumentCaptor.forClass(Attempt.class);
    verify(attempts).record(recorded.capture());
    assertThat(recorded.getValue().error()).isEqualTo(DeadLetters.DELETED);
  }
}
