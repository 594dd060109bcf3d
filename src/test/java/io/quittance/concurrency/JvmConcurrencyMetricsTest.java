package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class JvmConcurrencyMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeEach
  void bind() {
    new JvmConcurrencyMetrics().bindTo(registry);
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quittance.virtual.threads.mounted",
        "quittance.virtual.threads.queued",
        "quittance.carriers",
        "quittance.carriers.wanted",
        "quittance.threads.deadlocked"
      })
  void readsAFiniteNumberAlsoAfterAGarbageCollection(String meter) {
    System.gc();

    assertThat(gauge(meter)).isFinite().isNotNegative();
    assertThat(registry.get(meter).gauge().getId().getDescription()).isNotBlank();
  }

  @Test
  void countsAVirtualThreadThatIsOnItsCarrier() throws Exception {
    var stop = new CountDownLatch(1);
    Thread busy =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (stop.getCount() > 0) {
                    Thread.onSpinWait();
                  }
                });
    try {
      await().until(() -> gauge("quittance.virtual.threads.mounted") >= 1);
      assertThat(gauge("quittance.carriers")).isPositive();
      assertThat(gauge("quittance.carriers.wanted")).isPositive();
    } finally {
      stop.countDown();
      busy.join();
    }
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(strings = {"voluntary", "nonvoluntary"})
  void countsContextSwitchesOfEitherKind(String kind) {
    var counter = registry.get("quittance.context.switches").tag("kind", kind).functionCounter();

    assertThat(counter.count()).isFinite().isPositive();
  }

  @Test
  void findsADeadlockUntilItIsResolved() throws Exception {
    assertThat(gauge("quittance.threads.deadlocked")).isZero();
    var left = new ReentrantLock();
    var right = new ReentrantLock();
    var bothHoldOne = new CyclicBarrier(2);
    Thread first = lockInTurn(left, right, bothHoldOne);
    Thread second = lockInTurn(right, left, bothHoldOne);
    try {
      await().untilAsserted(() -> assertThat(gauge("quittance.threads.deadlocked")).isEqualTo(2));
    } finally {
      first.interrupt();
    }
    first.join();
    second.join();

    assertThat(gauge("quittance.threads.deadlocked")).isZero();
  }

  private static Thread lockInTurn(
      ReentrantLock first, ReentrantLock second, CyclicBarrier bothHoldOne) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              first.lock();
              try {
                bothHoldOne.await();
                second.lockInterruptibly();
                second.unlock();
              } catch (Exception interrupted) {
                Thread.currentThread().interrupt();
              } finally {
                first.unlock();
              }
            });
  }
}
