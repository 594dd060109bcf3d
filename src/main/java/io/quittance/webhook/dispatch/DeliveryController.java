package io.quittance.webhook.dispatch;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.EventType;
import io.quittance.payment.event.EventLog;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.web.InvalidInputException;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import io.quittance.webhook.delivery.DeliveryHistory;
import io.quittance.webhook.delivery.DeliveryHistory.DeliveryBody;
import io.quittance.webhook.delivery.NewDeliveries;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoints;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Deliveries to the merchant's endpoints: their history, and new ones on request. */
@RestController
class DeliveryController {

  private static final List<String> STATES = List.of("pending", "delivered", "dead");

  record Redelivered(List<DeliveryBody> data) {}

  private final Endpoints endpoints;
  private final EventLog events;
  private final NewDeliveries deliveries;
  private final DeliveryHistory history;
  private final Claimer claimer;
  private final Clock clock;
  private final TransactionTemplate transactions;

  DeliveryController(
      Endpoints endpoints,
      EventLog events,
      NewDeliveries deliveries,
      DeliveryHistory history,
      Claimer claimer,
      Clock clock,
      PlatformTransactionManager transactions) {
    this.endpoints = endpoints;
    this.events = events;
    this.deliveries = deliveries;
    this.history = history;
    this.claimer = claimer;
    this.clock = clock;
    this.transactions = new TransactionTemplate(transactions);
  }

  @GetMapping("/v1/webhook-endpoints/{id}/deliveries")
  @Route(
      id = "listDeliveries",
      summary = "Lists the deliveries to an endpoint",
      query = {"state", "limit", "cursor"})
  @RequiresScope(Scope.WEBHOOKS_READ)
  Page<DeliveryBody> list(@PathVariable String id, HttpServletRequest request, Caller caller) {
    Endpoint endpoint = endpoint(caller, id);
    QueryParameters query = QueryParameters.of(request, Set.of("state", "limit", "cursor"));
    String state = query.read("state", DeliveryController::state);
    PageRequest page = query.page("deliveries of " + id + " state=" + state);
    return Page.of(
        history.newestFirst(caller.merchantId(), endpoint.getId(), state, page),
        page,
        delivery -> delivery.key().toString(),
        delivery -> delivery);
  }

  private static String state(String text) {
    return InvalidInputException.oneOf(STATES, state -> state, text);
  }

  /** Sends a test event to one endpoint, whether or not it is subscribed to the type. */
  @PostMapping("/v1/webhook-endpoints/{id}/test")
  @Route(
      id = "testWebhookEndpoint",
      summary = "Sends a test event to an endpoint",
      problems = ProblemCode.INVALID_STATE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  DeliveryBody test(@PathVariable String id, Caller caller) {
    Endpoint endpoint = endpoint(caller, id);
    endpoint.requireEnabled();
    return deliver(
            caller,
            List.of(endpoint),
            () ->
                events.add(
                    caller.merchantId(),
                    EventType.WEBHOOK_TEST,
                    clock.instant(),
                    "{\"endpoint_id\":\"" + id + "\"}"))
        .getFirst();
  }

  /** Sends an event once more, to every enabled endpoint that takes its type. */
  @PostMapping("/v1/events/{id}/redeliver")
  @Route(
      id = "redeliverEvent",
      summary = "Sends an event once more",
      description = "To every enabled endpoint that takes its type.",
      problems = ProblemCode.INVALID_STATE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  Redelivered redeliver(@PathVariable String id, Caller caller) {
    StoredEvent event =
        events
            .find(caller.merchantId(), TypeId.require("evt", id))
            .orElseThrow(() -> Problem.notFound("event"));
    List<Endpoint> takers =
        endpoints.ofMerchant(caller.merchantId()).stream()
            .filter(Endpoint::enabled)
            .filter(endpoint -> endpoint.events().takes(event.body().type()))
            .toList();
    if (takers.isEmpty()) {
      throw Problem.of(
          ProblemCode.INVALID_STATE,
          "No enabled endpoint is subscribed to %s.".formatted(event.body().type()));
    }
    return new Redelivered(deliver(caller, takers, () -> event));
  }

  /** Adds a delivery to each of the endpoints, or to none; they are sent after the commit. */
  private List<DeliveryBody> deliver(
      Caller caller, List<Endpoint> takers, Supplier<StoredEvent> event) {
    UUID merchantId = caller.merchantId();
    List<DeliveryBody> deliveries =
        Objects.requireNonNull(
            transactions.execute(_ -> add(merchantId, takers, event.get().id())));
    claimer.wakeFor(merchantId);
    return deliveries;
  }

  private List<DeliveryBody> add(UUID merchantId, List<Endpoint> takers, UUID eventId) {
    List<UUID> ids =
        takers.stream()
            .flatMap(taker -> deliveries.add(merchantId, taker.getId(), List.of(eventId)).stream())
            .toList();
    return history.find(merchantId, ids);
  }

  private Endpoint endpoint(Caller caller, String id) {
    return endpoints
        .find(caller.merchantId(), TypeId.require("whe", id))
        .orElseThrow(() -> Problem.notFound("webhook endpoint"));
  }
}
