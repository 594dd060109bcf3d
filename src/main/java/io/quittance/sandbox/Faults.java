package io.quittance.sandbox;

import io.quittance.payment.FaultPoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The faults that are switched on, by dependency. Thread-safe. */
@Component
@Profile("sandbox")
final class Faults implements FaultPoint {

  /**
   * The fault of a dependency.
   *
   * @param latencyMs added before each call, in milliseconds
   * @param errorRate the share of calls that fail, 0 to 1
   * @param hang whether calls never return
   */
  record Fault(int latencyMs, double errorRate, boolean hang) {

    static final Fault NONE = new Fault(0, 0, false);
  }

  /** A failure that was switched on. */
  static final class InjectedFaultException extends IOException {
    private static final long serialVersionUID = 1L;

    InjectedFaultException(String dependency) {
      super("the sandbox makes " + dependency + " fail");
    }
  }

  private final Map<String, Fault> faults = new ConcurrentHashMap<>();

  void set(String dependency, Fault fault) {
    faults.put(dependency, fault);
  }

  void clear() {
    faults.clear();
  }

  Map<String, Fault> all() {
    return new TreeMap<>(faults);
  }

  @Override
  public void disturb(String dependency) throws InterruptedException, InjectedFaultException {
    Fault fault = faults.getOrDefault(dependency, Fault.NONE);
    if (fault.hang()) {
      new CountDownLatch(1).await();
    }
    Thread.sleep(Duration.ofMillis(fault.latencyMs()));
    if (ThreadLocalRandom.current().nextDouble() < fault.errorRate()) {
      throw new InjectedFaultException(dependency);
    }
  }
}
