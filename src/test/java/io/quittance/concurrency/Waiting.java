package io.quittance.concurrency;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits that fail the test instead of hanging it. */
public final class Waiting {

  private static final long PATIENCE_S = 20;

  private Waiting() {}

  public static void forLatch(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(PATIENCE_S, TimeUnit.SECONDS)) {
      throw new AssertionError("nobody counted the latch down");
    }
  }

  /** As work that ignores its interrupt; the interrupt is pending afterwards. */
  public static void forLatchIgnoringInterrupts(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        forLatch(latch);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  public static void forPermits(Semaphore semaphore, int permits) throws InterruptedException {
    if (!semaphore.tryAcquire(permits, PATIENCE_S, TimeUnit.SECONDS)) {
      throw new AssertionError("fewer than %d permits were released".formatted(permits));
    }
  }

  public static void until(BooleanSupplier condition) {
    var patience = Deadline.after(Duration.ofSeconds(PATIENCE_S));
    while (!condition.getAsBoolean()) {
      if (patience.expired()) {
        throw new AssertionError("the condition never came true");
      }
      Thread.yield();
    }
  }

  /** Hangs until it is interrupted. */
  public static <T> T forInterrupt() throws InterruptedException {
    forLatch(new CountDownLatch(1));
    throw new AssertionError("unreachable");
  }
}
