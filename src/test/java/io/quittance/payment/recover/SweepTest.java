package io.quittance.payment.recover;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.FanOut;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentQueries.Due;
import io.quittance.payment.model.PaymentQueries.Position;
import io.quittance.testing.Orders;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SweepTest {

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final FanOut fanOut =
      new FanOut(new DeadlineScopes(new SimpleMeterRegistry(), Clock.systemUTC()));
  private final Set<UUID> ended = ConcurrentHashMap.newKeySet();
  private final CountDownLatch locked = new CountDownLatch(1);

  /** The first ones are of accounts that stay locked: they fill a round, and not each round. */
  @Test
  void reachesWhatIsBehindPaymentsThatCannotBeEnded() throws Exception {
    List<Due> due = IntStream.rangeClosed(0, Sweep.PARALLELISM).mapToObj(SweepTest::due).toList();
    Set<UUID> stuck =
        Set.copyOf(due.subList(0, Sweep.PARALLELISM).stream().map(SweepTest::id).toList());
    Sweep sweep = sweep(due, stuck, Duration.ofMillis(200));

    sweep.goOn();
    assertThat(ended).isEmpty();
    sweep.goOn();

    assertThat(ended).containsExactly(id(due.getLast()));
  }

  @Test
  void beginsFromTheFrontWhenAllWereBegun() throws Exception {
    List<Due> due = IntStream.range(0, 3).mapToObj(SweepTest::due).toList();
    Sweep sweep = sweep(due, Set.of(), Duration.ofSeconds(30));

    sweep.goOn();
    assertThat(ended).hasSize(3);
    ended.clear();
    sweep.goOn();

    assertThat(ended).hasSize(3);
  }

  /** One merchant's payments fill round after round, and are locked besides. */
  @Test
  void endsOthersPaymentsBesideOneMerchantsBacklog() throws Exception {
    List<Due> due =
        IntStream.range(0, 2 * Sweep.PAYMENTS_MAX)
            .mapToObj(SweepTest::due)
            .collect(Collectors.toCollection(ArrayList::new));
    Set<UUID> stuck = due.stream().map(SweepTest::id).collect(Collectors.toSet());
    Due other = due(UUID.randomUUID(), due.size());
    due.add(other);

    sweep(due, stuck, Duration.ofMillis(200)).goOn();

    assertThat(ended).containsExactly(id(other));
  }

  @Test
  void endsAllThatThereAreWithoutAPause() throws Exception {
    List<Due> due =
        IntStream.range(0, 2 * Sweep.PAYMENTS_MAX + 1).mapToObj(SweepTest::due).toList();

    sweep(due, Set.of(), Duration.ofSeconds(30)).goOn();

    assertThat(ended).hasSize(due.size());
  }

  /** A newer version wrote them, and was rolled back. */
  @Test
  void reachesWhatIsBehindAPageOfPaymentsThatCannotBeRead() throws Exception {
    List<Due> due =
        IntStream.range(0, Sweep.PAYMENTS_MAX)
            .mapToObj(SweepTest::due)
            .map(one -> new Due(one.merchantId(), one.position(), one.late(), null))
            .collect(Collectors.toCollection(ArrayList::new));
    Due behind = due(due.size());
    due.add(behind);
    Sweep sweep = sweep(due, Set.of(), Duration.ofSeconds(30));

    sweep.goOn();

    assertThat(ended).containsExactly(id(behind));
  }

  private Sweep sweep(List<Due> due, Set<UUID> stuck, Duration limit) {
    return new Sweep(
        "overdue",
        (after, max, without) ->
            due.stream()
                .filter(one -> isBehind(one.position(), after))
                .filter(one -> !without.contains(one.merchantId()))
                .limit(max)
                .toList(),
        (one, _) -> {
          if (stuck.contains(id(one))) {
            locked.await();
          }
          Payment payment = one.payment();
          ended.add(id(one));
          return payment;
        },
        fanOut,
        limit);
  }

  private static boolean isBehind(Position one, Position other) {
    return one.since().isAfter(other.since());
  }

  private static UUID id(Due due) {
    return due.position().id();
  }

  private static Due due(int i) {
    return due(MERCHANT, i);
  }

  private static Due due(UUID merchantId, int i) {
    UUID id = TypeId.next();
    var order = Orders.order(merchantId, id, null, Deadline.after(Duration.ofSeconds(1)));
    Instant since = START.plusSeconds(i);
    return new Due(
        merchantId,
        new Position(since.atOffset(ZoneOffset.UTC), id),
        Duration.ZERO,
        Payment.processing(order, order.holdId(), since, since));
  }
}
