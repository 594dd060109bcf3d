package io.quittance.notification;

import io.quittance.access.Caller;
import io.quittance.access.RequiresScope;
import io.quittance.access.Scope;
import io.quittance.payment.EventLog;
import io.quittance.payment.EventLog.EventBody;
import io.quittance.payment.EventLog.StoredEvent;
import io.quittance.web.Page;
import io.quittance.web.PageRequest;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The merchant's events, newest first. */
@RestController
class EventController {

  private final EventLog events;

  EventController(EventLog events) {
    this.events = events;
  }

  @GetMapping("/v1/events")
  @RequiresScope(Scope.WEBHOOKS_READ)
  Page<EventBody> list(
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor,
      Caller caller) {
    PageRequest page = PageRequest.of(limit, cursor, "events");
    return Page.of(
        events.newestFirst(caller.merchantId(), page),
        page,
        event -> event.id().toString(),
        StoredEvent::body);
  }

  @GetMapping("/v1/events/{id}")
  @RequiresScope(Scope.WEBHOOKS_READ)
  EventBody get(@PathVariable String id, Caller caller) {
    return events
        .find(caller.merchantId(), TypeId.require("evt", id))
        .map(StoredEvent::body)
        .orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
  }
}
