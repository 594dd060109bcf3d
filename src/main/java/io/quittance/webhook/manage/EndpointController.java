package io.quittance.webhook.manage;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.InputError.Code;
import io.quittance.web.Printable;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.courier.WebhookUrl;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoint.Target;
import io.quittance.webhook.endpoint.Endpoints;
import io.quittance.webhook.endpoint.Subscription;
import io.quittance.webhook.manage.Webhooks.Issued;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The merchant's webhook endpoints. */
@RestController
@RequestMapping("/v1/webhook-endpoints")
class EndpointController {

  private static final int OVERLAP_DEFAULT_SECONDS = 86_400;

  record NewEndpoint(
      @NotNull String url,
      @NotEmpty @Size(max = 50) Set<@NotNull String> events,
      @Size(max = 500) @Printable @Nullable String description) {}

  /** What is null stays as it is. */
  record Change(
      @Nullable String url,
      @Size(min = 1, max = 50) @Nullable Set<@NotNull String> events,
      @Size(max = 500) @Printable @Nullable String description,
      @Nullable Boolean enabled) {}

  record Rotation(@Min(0) @Max(604_800) @Nullable Integer overlapSeconds) {}

  record Since(@NotNull @Past Instant since) {}

  record RecoveryBody(Instant since, Instant until) {}

  /** An endpoint as its merchant sees it. */
  record EndpointBody(
      String id,
      String url,
      List<String> events,
      @Nullable String description,
      boolean enabled,
      @Nullable String disabledReason,
      @Nullable Instant failingSince,
      @Nullable RecoveryBody recovery,
      Instant createdAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {

    static EndpointBody of(Endpoint endpoint) {
      return of(endpoint, null);
    }

    static EndpointBody of(Issued issued) {
      return of(issued.endpoint(), issued.secret().text());
    }

    private static EndpointBody of(Endpoint endpoint, @Nullable String secret) {
      Instant since = endpoint.recoveringSince();
      Instant until = endpoint.recoveringUntil();
      return new EndpointBody(
          TypeId.format("whe", endpoint.getId()),
          endpoint.url(),
          endpoint.events().types(),
          endpoint.description(),
          endpoint.enabled(),
          endpoint.disabledReason(),
          endpoint.failingSince(),
          since == null || until == null ? null : new RecoveryBody(since, until),
          endpoint.createdAt(),
          secret);
    }
  }

  private final Webhooks webhooks;
  private final Endpoints endpoints;
  private final boolean allowLoopback;

  EndpointController(Webhooks webhooks, Endpoints endpoints, WebhookProperties properties) {
    this.webhooks = webhooks;
    this.endpoints = endpoints;
    this.allowLoopback = properties.allowLoopback();
  }

  @PostMapping
  @Route(
      id = "createWebhookEndpoint",
      summary = "Adds a webhook endpoint",
      description = "The secret that signs its deliveries is shown this once.",
      problems = ProblemCode.INVALID_STATE)
  @ResponseStatus(HttpStatus.CREATED)
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  EndpointBody create(@Valid @RequestBody NewEndpoint body, Caller caller) {
    var target = new Target(url(body.url()), subscription(body.events()), text(body.description()));
    return EndpointBody.of(webhooks.create(caller, target));
  }

  @GetMapping
  @Route(
      id = "listWebhookEndpoints",
      summary = "Lists webhook endpoints",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.WEBHOOKS_READ)
  Page<EndpointBody> list(HttpServletRequest request, Caller caller) {
    PageRequest page =
        QueryParameters.of(request, Set.of("limit", "cursor")).page("webhook-endpoints");
    return Page.of(
        endpoints.newestFirst(caller.merchantId(), page.olderThan(), page.fetch()),
        page,
        endpoint -> endpoint.getId().toString(),
        EndpointBody::of);
  }

  @GetMapping("/{id}")
  @Route(id = "getWebhookEndpoint", summary = "Shows a webhook endpoint")
  @RequiresScope(Scope.WEBHOOKS_READ)
  EndpointBody get(@PathVariable String id, Caller caller) {
    return endpoints
        .find(caller.merchantId(), TypeId.require("whe", id))
        .map(EndpointBody::of)
        .orElseThrow(() -> Problem.notFound("webhook endpoint"));
  }

  @PatchMapping("/{id}")
  @Route(
      id = "changeWebhookEndpoint",
      summary = "Changes a webhook endpoint",
      description = "What is left out stays as it is.")
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  EndpointBody change(@PathVariable String id, @Valid @RequestBody Change change, Caller caller) {
    UUID endpointId = TypeId.require("whe", id);
    @Nullable String url = change.url() == null ? null : url(change.url());
    @Nullable Subscription events = change.events() == null ? null : subscription(change.events());
    return EndpointBody.of(
        webhooks.change(
            caller,
            endpointId,
            old ->
                new Target(
                    url == null ? old.url() : url,
                    events == null ? old.events() : events,
                    change.description() == null ? old.description() : text(change.description())),
            change.enabled()));
  }

  @DeleteMapping("/{id}")
  @Route(id = "deleteWebhookEndpoint", summary = "Deletes a webhook endpoint")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  void delete(@PathVariable String id, Caller caller) {
    webhooks.delete(caller, TypeId.require("whe", id));
  }

  @PostMapping("/{id}/rotate-secret")
  @Route(
      id = "rotateWebhookSecret",
      summary = "Replaces the secret of a webhook endpoint",
      description =
          "The old secret signs for another `overlap_seconds`, as do those of earlier rotations"
              + " whose overlap is not over.",
      problems = ProblemCode.INVALID_STATE)
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  EndpointBody rotate(
      @PathVariable String id,
      @Valid @RequestBody(required = false) @Nullable Rotation body,
      Caller caller) {
    int seconds =
        body == null || body.overlapSeconds() == null
            ? OVERLAP_DEFAULT_SECONDS
            : body.overlapSeconds();
    return EndpointBody.of(
        webhooks.rotate(caller, TypeId.require("whe", id), Duration.ofSeconds(seconds)));
  }

  /** Sends again everything since an instant that the endpoint has not taken. */
  @PostMapping("/{id}/recover")
  @Route(
      id = "recoverWebhookEndpoint",
      summary = "Sends again what an endpoint has missed",
      description =
          "Events since `since`. That must not be further back than deliveries are kept, unless the"
              + " endpoint is younger: of earlier events it is not known which were delivered.",
      problems = ProblemCode.INVALID_STATE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @RequiresScope(Scope.WEBHOOKS_WRITE)
  EndpointBody recover(@PathVariable String id, @Valid @RequestBody Since body, Caller caller) {
    return EndpointBody.of(webhooks.recover(caller, TypeId.require("whe", id), body.since()));
  }

  private String url(String text) {
    try {
      return WebhookUrl.parse(text, allowLoopback).toString();
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("url", Code.INVALID_FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private static Subscription subscription(Set<String> events) {
    try {
      return Subscription.of(events);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("events", Code.NOT_ONE_OF, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String text(@Nullable String description) {
    return description == null || description.isBlank() ? null : description;
  }
}
