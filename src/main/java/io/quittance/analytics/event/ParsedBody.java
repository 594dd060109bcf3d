package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import java.util.List;

/**
 * The parsed content of a body.
 *
 * @param events the valid events that are neither too old nor in the future
 * @param newNames names to be assigned before the events are counted
 * @param errors for the first rejected events
 */
public record ParsedBody(
    EventBatch events, List<Name> newNames, int late, int rejected, List<EventError> errors) {

  /** How many events the body has. */
  public int received() {
    return events.size() + late + rejected;
  }
}
