package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import java.util.List;

/**
 * What a body says.
 *
 * @param events those that are sound, and neither too old nor from the future
 * @param newNames what has to be assigned before the events are counted
 * @param errors of the first events that were rejected
 */
public record ParsedBody(
    EventBatch events, List<Name> newNames, int late, int rejected, List<EventError> errors) {

  /** How many events the body has. */
  public int received() {
    return events.size() + late + rejected;
  }
}
