package io.quittance.concurrency;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens {@link DeadlineScope}s and counts them, by name. Thread-safe. */
public final class DeadlineScopes {

  private final MeterRegistry registry;
  private final Clock clock;
  private final ScopeTracer tracer;
  private final Map<String, ScopeMetrics> metrics = new ConcurrentHashMap<>();

  public DeadlineScopes(MeterRegistry registry, Clock clock) {
    this(registry, clock, ScopeTracer.NONE);
  }

  public DeadlineScopes(MeterRegistry registry, Clock clock, ScopeTracer tracer) {
    this.registry = registry;
    this.clock = clock;
    this.tracer = tracer;
  }

  /**
   * Opens a scope that the calling thread owns and must close. Opened by a subtask of another
   * scope, it is that one's child: it is canceled with it, and its report becomes part of the
   * subtask's.
   *
   * @param name the kind of work; a tag of the metrics, so there must be few names
   */
  public DeadlineScope open(String name, Deadline deadline) {
    ScopeMetrics meters = metrics.computeIfAbsent(name, key -> new ScopeMetrics(key, registry));
    Instant now = clock.instant();
    ContextSnapshot context = Contexts.capture();
    var watch = new ScopeWatch(meters, tracer.opened(name, deadline));
    return new DeadlineScope(name, deadline, now, context, watch);
  }
}
