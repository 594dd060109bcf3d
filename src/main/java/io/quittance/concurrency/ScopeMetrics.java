package io.quittance.concurrency;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The meters of all scopes of one name. Thread-safe. */
final class ScopeMetrics {

  private final LongAdder liveScopes = new LongAdder();
  private final LongAdder liveSubtasks = new LongAdder();
  private final Counter opened;
  private final Counter canceled;
  private final Counter deadlineMissed;
  private final Counter orphans;
  private final Map<SubtaskState, Counter> byState = new EnumMap<>(SubtaskState.class);

  ScopeMetrics(String scope, MeterRegistry registry) {
    gauge("quittance.scope.live", "Scopes that are open", liveScopes, scope, registry);
    gauge("quittance.scope.subtasks.live", "Subtasks that run", liveSubtasks, scope, registry);
    opened = counter("quittance.scope.opened", "Scopes opened", scope, registry);
    canceled = counter("quittance.scope.canceled", "Scopes canceled by a failure", scope, registry);
    deadlineMissed =
        counter("quittance.scope.deadline.missed", "Scopes cut by their deadline", scope, registry);
    orphans =
        counter(
            "quittance.scope.orphans",
            "Subtasks that outlived their scope (must be 0)",
            scope,
            registry);
    for (SubtaskState state : SubtaskState.values()) {
      byState.put(
          state,
          Counter.builder("quittance.scope.subtasks")
              .description("Subtasks by how they ended")
              .tag("scope", scope)
              .tag("outcome", state.name().toLowerCase(java.util.Locale.ROOT))
              .register(registry));
    }
  }

  private static void gauge(
      String name, String description, LongAdder value, String scope, MeterRegistry registry) {
    Gauge.builder(name, value, LongAdder::sum)
        .description(description)
        .tag("scope", scope)
        .register(registry);
  }

  private static Counter counter(
      String name, String description, String scope, MeterRegistry registry) {
    return Counter.builder(name).description(description).tag("scope", scope).register(registry);
  }

  void opened() {
    opened.increment();
    liveScopes.increment();
  }

  void forked() {
    liveSubtasks.increment();
  }

  void ended(SubtaskState state) {
    liveSubtasks.decrement();
    Objects.requireNonNull(byState.get(state)).increment();
  }

  void canceled() {
    canceled.increment();
  }

  void deadlineMissed() {
    deadlineMissed.increment();
  }

  void closed(int survivors) {
    liveScopes.decrement();
    orphans.increment(survivors);
  }
}
