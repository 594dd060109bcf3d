package io.quittance.payment.timeline;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.payment.timeline.TimelineScope.TimelineSubtask;
import io.quittance.web.JsonText;
import java.time.Instant;
import java.util.List;

/**
 * How a scope is stored: as a JSON array of its values, in the order of the record's components.
 * The names of the fields would take twice the room, in every payment. New components of the
 * records go at the end, and must be nullable, because older rows lack them. Thread-safe.
 */
final class StoredScopes {

  /** A scope without what the row has in a column of its own. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  private record Stored(
      String name,
      long deadlineMs,
      TimelineScope.Result result,
      List<TimelineSubtask> subtasks,
      int forked,
      int joined,
      int survivors) {}

  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  private interface AsArray {}

  private final ObjectMapper json;
  private final ObjectMapper arrays;

  StoredScopes(ObjectMapper json) {
    this.json = json;
    this.arrays = json.copy().addMixIn(TimelineSubtask.class, AsArray.class);
  }

  /** Writes everything but {@code openedAt}. */
  String write(TimelineScope scope) {
    var stored =
        new Stored(
            scope.name(),
            scope.deadlineMs(),
            scope.result(),
            scope.subtasks(),
            scope.forked(),
            scope.joined(),
            scope.survivors());
    return JsonText.of(arrays, stored);
  }

  /** Also reads objects with names, which earlier versions wrote. */
  TimelineScope read(String body, Instant openedAt) {
    try {
      if (body.startsWith("{")) {
        return json.readValue(body, TimelineScope.class).openedAt(openedAt);
      }
      Stored stored = arrays.readValue(body, Stored.class);
      return new TimelineScope(
          stored.name(),
          openedAt,
          stored.deadlineMs(),
          stored.result(),
          stored.subtasks(),
          stored.forked(),
          stored.joined(),
          stored.survivors());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a timeline cannot be read", e);
    }
  }
}
