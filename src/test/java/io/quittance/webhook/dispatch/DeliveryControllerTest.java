package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.quittance.identity.Caller;
import io.quittance.payment.event.EventLog;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.testing.H2;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DeliveryHistory;
import io.quittance.webhook.delivery.NewDeliveries;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoint.Target;
import io.quittance.webhook.endpoint.Endpoints;
import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import io.quittance.webhook.endpoint.Subscription;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.stubbing.Answer;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What becomes of a redelivery to two endpoints if the database fails in the middle. */
class DeliveryControllerTest {

  private static final UUID MERCHANT = TypeId.next();
  private static final UUID EVENT = TypeId.next();

  private final JdbcTemplate jdbc = new JdbcTemplate(H2.migrated());
  private final Endpoints endpoints = mock(Endpoints.class);
  private final EventLog events = mock(EventLog.class);
  private final NewDeliveries deliveries = mock(NewDeliveries.class);
  private final Claimer claimer = mock(Claimer.class);
  private final Caller caller = mock(Caller.class);
  private final DeliveryController controller =
      new DeliveryController(
          endpoints,
          events,
          deliveries,
          mock(DeliveryHistory.class),
          claimer,
          Clock.systemUTC(),
          new DataSourceTransactionManager(jdbc.getDataSource()));

  @BeforeEach
  void subscribeTwo() {
    jdbc.execute("create table added (id int)");
    when(caller.merchantId()).thenReturn(MERCHANT);
    var body = new EventBody("evt", "payment.succeeded", Instant.EPOCH, 1, "{}");
    when(events.find(MERCHANT, EVENT))
        .thenReturn(Optional.of(new StoredEvent(MERCHANT, EVENT, body, null)));
    when(endpoints.ofMerchant(MERCHANT)).thenReturn(List.of(endpoint('0'), endpoint('1')));
  }

  @Test
  void addsAllOrNone() {
    when(deliveries.add(any(), any(), any()))
        .thenAnswer(add())
        .thenThrow(new QueryTimeoutException("a test"));

    assertThatThrownBy(this::redeliver).isInstanceOf(QueryTimeoutException.class);

    assertThat(added()).isZero();
    verify(claimer, never()).wakeFor(any());
  }

  @Test
  void looksForThemOnceTheyAreCommitted() {
    when(deliveries.add(any(), any(), any())).thenAnswer(add());
    doAnswer(
            _ -> {
              assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isFalse();
              assertThat(added()).isEqualTo(2);
              return null;
            })
        .when(claimer)
        .wakeFor(MERCHANT);

    redeliver();

    verify(claimer, times(1)).wakeFor(MERCHANT);
  }

  private void redeliver() {
    controller.redeliver(TypeId.format("evt", EVENT), caller);
  }

  private Answer<List<UUID>> add() {
    return _ -> {
      jdbc.update("insert into added values (1)");
      return List.of(TypeId.next());
    };
  }

  private int added() {
    return jdbc.queryForObject("select count(*) from added", Integer.class);
  }

  private static Endpoint endpoint(char slot) {
    return new Endpoint(
        TypeId.next(),
        MERCHANT,
        slot,
        new Target("https://shop.example/", Subscription.of(Set.of("*")), null),
        new Sealed("key", new byte[60]),
        Instant.EPOCH);
  }
}
