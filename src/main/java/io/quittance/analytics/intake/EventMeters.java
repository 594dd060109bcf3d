package io.quittance.analytics.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.pane.Totals;
import java.util.Collection;
import org.springframework.stereotype.Component;

/** Counts this replica's events by their outcome, for Prometheus. Thread-safe. */
@Component
final class EventMeters {

  private final Counter accepted;
  private final Counter duplicate;
  private final Counter late;
  private final Counter rejected;

  EventMeters(MeterRegistry registry) {
    accepted = counter("accepted", registry);
    duplicate = counter("duplicate", registry);
    late = counter("late", registry);
    rejected = counter("rejected", registry);
  }

  private static Counter counter(String verdict, MeterRegistry registry) {
    return Counter.builder("quittance.analytics.events")
        .description("Interaction events, by what became of them")
        .tag("verdict", verdict)
        .register(registry);
  }

  /** Adds what has been committed. */
  void add(Collection<Totals.Counts> counts) {
    for (Totals.Counts of : counts) {
      accepted.increment(of.accepted());
      duplicate.increment(of.duplicates());
      late.increment(of.late());
      rejected.increment(of.rejected());
    }
  }
}
