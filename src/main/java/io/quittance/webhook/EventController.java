package io.quittance.webhook;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.EventType;
import io.quittance.payment.event.EventLog;
import io.quittance.payment.event.EventLog.EventBody;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.web.Problem;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The merchant's events, newest first. */
@RestController
class EventController {

  private static final Set<String> PARAMETERS = Set.of("type", "payment_id", "limit", "cursor");

  private final EventLog events;

  EventController(EventLog events) {
    this.events = events;
  }

  @GetMapping("/v1/events")
  @Route(
      id = "listEvents",
      summary = "Lists events",
      query = {"type", "payment_id", "limit", "cursor"})
  @RequiresScope(Scope.WEBHOOKS_READ)
  Page<EventBody> list(HttpServletRequest request, Caller caller) {
    QueryParameters query = QueryParameters.of(request, PARAMETERS);
    EventType type = query.read("type", EventType::from);
    UUID paymentId = query.read("payment_id", EventController::paymentId);
    PageRequest page = query.page("events type=" + type + " payment_id=" + paymentId);
    return Page.of(
        events.newestFirst(caller.merchantId(), type, paymentId, page),
        page,
        event -> event.id().toString(),
        StoredEvent::body);
  }

  private static UUID paymentId(String text) {
    return TypeId.parse("pay", text)
        .orElseThrow(() -> new IllegalArgumentException("must be the id of a payment"));
  }

  @GetMapping("/v1/events/{id}")
  @Route(id = "getEvent", summary = "Shows an event")
  @RequiresScope(Scope.WEBHOOKS_READ)
  EventBody get(@PathVariable String id, Caller caller) {
    return events
        .find(caller.merchantId(), TypeId.require("evt", id))
        .map(StoredEvent::body)
        .orElseThrow(() -> Problem.notFound("event"));
  }
}
