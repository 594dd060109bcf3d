package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.testing.Proves;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Senders' turns at lanes. */
class ReceiverLaneSchedulerTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final int WORKERS = 2;
  private static final UUID MERCHANT = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();

  private final ReceiverLane lane = new ReceiverLane(1, LONG, LONG, false);

  @Test
  void areGivenBackWhateverFails() throws InterruptedException {
    var works = new AtomicInteger();
    try (var turns =
        turns(
            task -> {
              if (works.incrementAndGet() <= 3) {
                throw new IllegalStateException("the outcome cannot be written");
              }
              lane.succeeded(Duration.ZERO);
            })) {
      for (int i = 1; i <= 5; i++) {
        int expected = i;
        int roomBefore = lane.room();
        turns.offer(task());
        Awaitility.await().until(() -> works.get() == expected);
        Awaitility.await().until(() -> lane.room() > roomBefore);
      }
    }
  }

  @Test
  void areGivenBackWhenNobodyTakesThem() throws InterruptedException {
    var turns = turns(task -> {});
    turns.close();

    for (int i = 0; i < 2; i++) {
      try {
        turns.offer(task());
      } catch (RejectedExecutionException e) {
        assertThat(e).hasMessageContaining("closed");
      }
    }

    assertThat(lane.offer(task())).as("a turn is free").isTrue();
  }

  @Test
  void endWithAnotherLanesBehindThem() throws InterruptedException {
    var other = new ReceiverLane(1, LONG, LONG, false);
    var done = new CountDownLatch(40);
    try (var turns =
        turns(
            task -> {
              task.lane().succeeded(Duration.ZERO);
              done.countDown();
            })) {
      for (int i = 0; i < 20; i++) {
        turns.offer(task());
        turns.offer(task(other));
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /**
   * Both senders are busy, of which one merchant may have one, and more of its receivers wait. Each
   * task takes a while, so that a sender which is slow to begin is not overtaken by all of them.
   */
  @Test
  void areTakenByOneMerchantsLanesAfterTheOther() throws InterruptedException {
    var open = new CountDownLatch(1);
    var order = new CopyOnWriteArrayList<UUID>();
    try (var turns =
        turns(
            task -> {
              open.await();
              order.add(task.delivery().merchantId());
              Thread.sleep(5);
              task.lane().succeeded(Duration.ZERO);
            })) {
      turns.offer(task(new ReceiverLane(1, LONG, LONG, false), UUID.randomUUID()));
      for (int i = 0; i < 20; i++) {
        turns.offer(task(new ReceiverLane(1, LONG, LONG, false)));
      }
      turns.offer(task(new ReceiverLane(1, LONG, LONG, false), OTHER));
      open.countDown();
    }
    assertThat(order).hasSize(22);
    assertThat(order.indexOf(OTHER)).isLessThanOrEqualTo(2 * WORKERS);
  }

  /** Its receivers are slow, and others' events would wait for a time-out of one of them. */
  @Test
  @Proves("a receiver of events is down")
  void leaveSendersForOthersWhileOneMerchantsReceiversHang() throws InterruptedException {
    var hang = new CountDownLatch(1);
    var hanging = new AtomicInteger();
    var delivered = new CountDownLatch(1);
    try (var turns =
        turns(
            task -> {
              if (task.delivery().merchantId().equals(MERCHANT)) {
                hanging.incrementAndGet();
                hang.await();
              } else {
                delivered.countDown();
              }
              task.lane().succeeded(Duration.ZERO);
            },
            4)) {
      for (int i = 0; i < 16; i++) {
        turns.offer(task(new ReceiverLane(1, LONG, LONG, false)));
      }
      Awaitility.await().until(() -> hanging.get() >= 3);
      turns.offer(task(new ReceiverLane(1, LONG, LONG, false), OTHER));
      boolean atOnce = delivered.await(5, TimeUnit.SECONDS);
      hang.countDown();
      assertThat(atOnce).isTrue();
    }
    assertThat(hanging).as("of the merchant, too, all are sent").hasValue(16);
  }

  /** As above, with more merchants than one whose receivers are slow. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void leaveSendersForOthersWhileReceiversOfSeveralMerchantsHang(int merchants)
      throws InterruptedException {
    List<UUID> slow = Stream.generate(UUID::randomUUID).limit(merchants).toList();
    var hang = new CountDownLatch(1);
    var delivered = new CountDownLatch(1);
    try (var turns =
        turns(
            task -> {
              if (slow.contains(task.delivery().merchantId())) {
                hang.await();
              } else {
                delivered.countDown();
              }
              task.lane().succeeded(Duration.ZERO);
            },
            16)) {
      for (int i = 0; i < 16; i++) {
        for (UUID merchant : slow) {
          turns.offer(task(new ReceiverLane(1, LONG, LONG, false), merchant));
        }
      }
      turns.offer(task(new ReceiverLane(1, LONG, LONG, false), OTHER));
      boolean atOnce = delivered.await(5, TimeUnit.SECONDS);
      hang.countDown();
      assertThat(atOnce).isTrue();
    }
  }

  @Test
  void areTakenByAnyMerchantIfThereIsOneSender() throws InterruptedException {
    var done = new CountDownLatch(1);
    try (var turns = turns(task -> done.countDown(), 1)) {
      turns.offer(task());
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static ReceiverLaneScheduler turns(ReceiverLaneScheduler.Work work) {
    return turns(work, WORKERS);
  }

  private static ReceiverLaneScheduler turns(ReceiverLaneScheduler.Work work, int workers) {
    return new ReceiverLaneScheduler(work, workers, LONG, new SimpleMeterRegistry());
  }

  private DeliveryTask task() {
    return task(lane);
  }

  private static DeliveryTask task(ReceiverLane lane) {
    return task(lane, MERCHANT);
  }

  private static DeliveryTask task(ReceiverLane lane, UUID merchantId) {
    UUID id = UUID.randomUUID();
    var body = new EventBody("evt", "payment.succeeded", Instant.EPOCH, 1, "{}");
    return new DeliveryTask(
        new Claimed(id, merchantId, id, id, 0, false, Instant.EPOCH, Deadline.after(LONG)),
        new StoredEvent(id, id, body, null),
        null,
        lane);
  }
}
