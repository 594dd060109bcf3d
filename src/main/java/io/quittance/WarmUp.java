package io.quittance;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.payment.create.PaymentRehearsal;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Runs the code of payments until the JIT compiler has little left to do, and only then lets
 * readiness go up. Spring Boot accepts traffic once all listeners of its ready event have returned;
 * this one returns when the code is warm, at the limit, or at a shutdown. A step that keeps failing
 * is left out. Liveness is up meanwhile.
 */
@Component
class WarmUp {

  /**
   * Work that uses the code of payments and leaves nothing behind.
   *
   * @param once does the work once; called by several threads, and may be interrupted
   * @param end called after the last use, even if there was none
   */
  record Step(String name, Work once, Runnable end) {}

  /** The work of a step. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private static final int WORKERS = 4;
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final int FAILURES_MAX = 10;

  /** The code is warm after two rounds in which the compiler was busy for less than this part. */
  private static final double CALM = 0.1;

  private static final int CALM_ROUNDS = 2;

  private final Duration limit;
  private final Duration roundLength;
  private final List<Step> steps;
  private final FanOut fanOut;
  private final LongSupplier compilerMs;
  private final Map<Step, Integer> failures = new ConcurrentHashMap<>();
  private final AtomicLong calls = new AtomicLong();
  private volatile double seconds;
  private volatile boolean stopping;

  @Autowired
  WarmUp(
      WarmUpProperties properties,
      WarmUpRequests requests,
      PaymentRehearsal rehearsal,
      FanOut fanOut,
      MeterRegistry registry) {
    this(
        properties.limit(),
        ROUND,
        List.of(
            new Step("requests", requests::send, requests::end),
            new Step("rehearsals of payments", rehearsal::once, () -> {})),
        fanOut,
        compiler(),
        registry);
  }

  /**
   * @param compilerMs the total time of the JIT compiler so far
   */
  WarmUp(
      Duration limit,
      Duration roundLength,
      List<Step> steps,
      FanOut fanOut,
      LongSupplier compilerMs,
      MeterRegistry registry) {
    this.limit = limit;
    this.roundLength = roundLength;
    this.steps = steps;
    this.fanOut = fanOut;
    this.compilerMs = compilerMs;
    TimeGauge.builder("quittance.warm.up", () -> seconds, TimeUnit.SECONDS)
        .description("How long readiness waited for the code to be warm")
        .register(registry);
  }

  /** A JVM without a compiler is as warm as it will be. */
  private static LongSupplier compiler() {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    return compiler != null && compiler.isCompilationTimeMonitoringSupported()
        ? compiler::getTotalCompilationTime
        : () -> 0;
  }

  @Order(0)
  @EventListener(ApplicationReadyEvent.class)
  void run() {
    try {
      if (limit.isPositive()) {
        run(Deadline.after(limit));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      steps.forEach(step -> step.end().run());
    }
  }

  private void run(Deadline deadline) throws InterruptedException {
    int calm = 0;
    double busy = 1;
    while (calm < CALM_ROUNDS && goesOn(deadline)) {
      busy = round(deadline);
      calm = busy < CALM ? calm + 1 : 0;
    }
    seconds = deadline.used().toMillis() / 1_000.0;
    if (!stopping) {
      log.info(
          "Warmed up for {} s by {} calls, until {}; the JIT compiler was busy for {} % of the last"
              + " round",
          seconds, calls, reason(calm, deadline), Math.round(100 * busy));
    }
  }

  private static String reason(int calm, Deadline deadline) {
    if (calm == CALM_ROUNDS) {
      return "the code was warm";
    }
    return deadline.expired() ? "quittance.warm-up.limit" : "all of them failed";
  }

  private boolean goesOn(Deadline deadline) {
    return !stopping && !deadline.expired() && steps.stream().anyMatch(this::works);
  }

  private boolean works(Step step) {
    return failures.getOrDefault(step, 0) < FAILURES_MAX;
  }

  /**
   * Runs a round. Returns the compiler's time divided by the round's; that of all its threads is
   * added up, so that it may be above 1.
   */
  private double round(Deadline deadline) throws InterruptedException {
    Deadline end = deadline.within(roundLength);
    long before = compilerMs.getAsLong();
    long start = System.nanoTime();
    fanOut
        .over("warm-up", Collections.nCopies(WORKERS, end), WORKERS, (until, _) -> work(until))
        .grace(roundLength)
        .run(deadline);
    return (compilerMs.getAsLong() - before) * 1e6 / (System.nanoTime() - start);
  }

  private int work(Deadline end) throws InterruptedException {
    int done = 0;
    while (goesOn(end)) {
      for (Step step : steps) {
        if (works(step)) {
          once(step, end);
          done++;
        }
      }
    }
    return done;
  }

  private void once(Step step, Deadline end) throws InterruptedException {
    try {
      step.once().run();
      calls.incrementAndGet();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (goesOn(end) && failures.merge(step, 1, Integer::sum) == FAILURES_MAX) {
        log.warn("The warm-up goes on without {}, which fails: {}", step.name(), e.toString());
      }
    }
  }

  /** A shutdown does not wait for the warm-up. */
  @EventListener
  void stop(ContextClosedEvent closed) {
    stopping = true;
  }

  /** A start that is interrupted by a stop still ends with the readiness that Spring Boot sets. */
  @EventListener
  void correct(AvailabilityChangeEvent<ReadinessState> change) {
    if (stopping
        && change.getState() == ReadinessState.ACCEPTING_TRAFFIC
        && change.getSource() instanceof ApplicationContext context) {
      AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    }
  }
}
