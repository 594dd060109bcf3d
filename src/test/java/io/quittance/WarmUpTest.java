package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.FanOut;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

/** Readiness waits for the warm-up, whatever becomes of it, and for no longer than its limit. */
@Timeout(60)
class WarmUpTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration ROUND = Duration.ofMillis(5);

  /** A compiler that has nothing to do. */
  private static final LongSupplier CALM = () -> 0;

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Set<AvailabilityState> seen = ConcurrentHashMap.newKeySet();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** A compiler that never has a rest. */
  private static LongSupplier busy() {
    var worked = new AtomicLong();
    return () -> worked.addAndGet(LONG.toMillis());
  }

  private WarmUp.Step step(WarmUp.Work work) {
    return new WarmUp.Step("step", work, () -> ended.set(true));
  }

  private WarmUp warmUp(Duration limit, LongSupplier compilerMs, WarmUp.Work... works) {
    var fanOut = new FanOut(new DeadlineScopes(registry, Clock.systemUTC()));
    List<WarmUp.Step> steps = List.of(works).stream().map(this::step).toList();
    return new WarmUp(limit, ROUND, steps, fanOut, compilerMs, registry);
  }

  private static ConfigurableApplicationContext start(WarmUp... warmUp) {
    return new SpringApplicationBuilder(ApplicationAvailabilityAutoConfiguration.class)
        .web(WebApplicationType.NONE)
        .initializers(
            (GenericApplicationContext context) ->
                context.registerBean(WarmUp.class, () -> warmUp[0]))
        .run("--spring.main.banner-mode=off");
  }

  private static ReadinessState readiness(ConfigurableApplicationContext context) {
    return context.getBean(ApplicationAvailability.class).getReadinessState();
  }

  @Test
  void readinessIsDownAndLivenessIsUpWhileItRuns() {
    var context = new GenericApplicationContext[1];
    WarmUp warmUp =
        warmUp(
            LONG,
            CALM,
            () -> {
              var availability = context[0].getBean(ApplicationAvailability.class);
              seen.add(availability.getReadinessState());
              seen.add(availability.getLivenessState());
            });

    try (var started =
        new SpringApplicationBuilder(ApplicationAvailabilityAutoConfiguration.class)
            .web(WebApplicationType.NONE)
            .initializers(
                (GenericApplicationContext own) -> {
                  context[0] = own;
                  own.registerBean(WarmUp.class, () -> warmUp);
                })
            .run()) {
      assertThat(seen)
          .containsExactlyInAnyOrder(ReadinessState.REFUSING_TRAFFIC, LivenessState.CORRECT);
      assertThat(readiness(started)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
      assertThat(ended).isTrue();
      assertThat(registry.get("quittance.warm.up").timeGauge().value()).isPositive();
    }
  }

  @Test
  void endsAtItsLimitHoweverBusyTheCompilerIs() {
    try (var context = start(warmUp(SHORT, busy(), done::incrementAndGet))) {
      assertThat(done).hasPositiveValue();
      assertThat(readiness(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }
  }

  @Test
  void endsAtItsLimitHoweverLongAStepHangs() {
    var never = new CountDownLatch(1);
    try (var context = start(warmUp(SHORT, busy(), never::await))) {
      assertThat(readiness(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
      assertThat(ended).isTrue();
    }
  }

  @Test
  void aStepThatFailsIsLeftOutAndTheOthersGoOn() {
    var failures = new AtomicInteger();
    try (var context =
        start(
            warmUp(
                SHORT,
                busy(),
                () -> {
                  failures.incrementAndGet();
                  throw new IOException("on purpose");
                },
                done::incrementAndGet))) {
      assertThat(failures.get()).isBetween(10, 20);
      assertThat(done.get()).isGreaterThan(failures.get());
      assertThat(readiness(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }
  }

  @Test
  void endsWhenAllStepsFail() {
    try (var context =
        start(
            warmUp(
                LONG,
                busy(),
                () -> {
                  throw new IllegalStateException("on purpose");
                }))) {
      assertThat(readiness(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }
  }

  @Test
  void isOffWithoutALimit() {
    try (var context = start(warmUp(Duration.ZERO, busy(), done::incrementAndGet))) {
      assertThat(done).hasValue(0);
      assertThat(ended).isTrue();
      assertThat(readiness(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }
  }

  @Test
  void endsAtOnceWhenTheServiceIsToldToStopAndReadinessStaysDown() {
    var holder = new WarmUp[1];
    var closing = new ContextClosedEvent(new GenericApplicationContext());
    holder[0] = warmUp(LONG, busy(), () -> holder[0].stop(closing));

    try (var context = start(holder)) {
      assertThat(readiness(context)).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
    }
  }

  @Test
  void refusesALimitThatIsNone() {
    assertThat(new WarmUpProperties(Duration.ZERO).limit()).isZero();
    for (Duration limit : List.of(Duration.ofSeconds(-1), Duration.ofHours(1))) {
      assertThatThrownBy(() -> new WarmUpProperties(limit))
          .hasMessageContaining("quittance.warm-up.limit");
    }
  }
}
