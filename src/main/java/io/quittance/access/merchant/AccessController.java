package io.quittance.access.merchant;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.access.Secret;
import io.quittance.access.merchant.Keyring.Issued;
import io.quittance.access.merchant.Keyring.Wish;
import io.quittance.identity.Caller;
import io.quittance.identity.RateLimit;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.Printable;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The merchant's API keys. */
@RestController
class AccessController {

  record NewKey(
      @NotBlank @Size(max = 200) @Printable String name,
      @NotEmpty Set<@NotNull Scope> scopes,
      @Future @Nullable Instant expiresAt,
      @Valid @Nullable RateLimit rateLimit) {

    Wish wish() {
      return new Wish(name, scopes, expiresAt, rateLimit);
    }
  }

  record Rotation(@Min(0) @Max(604_800) @Nullable Integer overlapSeconds) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyBody(
      String id,
      String name,
      Set<Scope> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable RateLimit rateLimit,
      @Nullable String secret) {

    static KeyBody of(ApiKey key) {
      return of(key, null);
    }

    static KeyBody of(Issued issued) {
      return of(issued.key(), issued.secret());
    }

    private static KeyBody of(ApiKey key, @Nullable Secret secret) {
      return new KeyBody(
          TypeId.format("key", key.getId()),
          key.name(),
          key.scopes(),
          key.createdAt(),
          key.expiresAt(),
          key.lastUsedAt(),
          key.rateLimit(),
          secret == null ? null : secret.text());
    }
  }

  private final Keyring keyring;
  private final ApiKeys keys;

  AccessController(Keyring keyring, ApiKeys keys) {
    this.keyring = keyring;
    this.keys = keys;
  }

  @PostMapping("/v1/api-keys")
  @Route(
      id = "createApiKey",
      summary = "Makes an API key",
      description =
          "It may have the scopes that the key it is made with has. The secret is shown this once.",
      problems = ProblemCode.INVALID_STATE)
  @ResponseStatus(HttpStatus.CREATED)
  @RequiresScope(Scope.KEYS_WRITE)
  KeyBody createKey(@Valid @RequestBody NewKey body, Caller caller) {
    return KeyBody.of(keyring.issue(caller, body.wish()));
  }

  @GetMapping("/v1/api-keys")
  @Route(
      id = "listApiKeys",
      summary = "Lists API keys",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.KEYS_READ)
  Page<KeyBody> listKeys(HttpServletRequest http, Caller caller) {
    PageRequest page = PageRequest.of(http, "api-keys");
    List<ApiKey> rows = keys.newestFirst(caller.merchantId(), page.olderThan(), page.fetch());
    return Page.of(rows, page, key -> key.getId().toString(), KeyBody::of);
  }

  @GetMapping("/v1/api-keys/{id}")
  @Route(id = "getApiKey", summary = "Shows an API key")
  @RequiresScope(Scope.KEYS_READ)
  KeyBody getKey(@PathVariable String id, Caller caller) {
    return keys.find(caller.merchantId(), TypeId.require("key", id))
        .map(KeyBody::of)
        .orElseThrow(() -> Problem.notFound("API key"));
  }

  @PostMapping("/v1/api-keys/{id}/rotate")
  @Route(
      id = "rotateApiKey",
      summary = "Replaces an API key",
      description = "The old key works on for `overlap_seconds`. The new one has its expiry.",
      problems = ProblemCode.INVALID_STATE)
  @ResponseStatus(HttpStatus.CREATED)
  @RequiresScope(Scope.KEYS_WRITE)
  KeyBody rotate(
      @PathVariable String id,
      @Valid @RequestBody(required = false) @Nullable Rotation body,
      Caller caller) {
    int overlap = body == null || body.overlapSeconds() == null ? 0 : body.overlapSeconds();
    return KeyBody.of(
        keyring.rotate(caller, TypeId.require("key", id), Duration.ofSeconds(overlap)));
  }

  @DeleteMapping("/v1/api-keys/{id}")
  @Route(id = "revokeApiKey", summary = "Revokes an API key")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.KEYS_WRITE)
  void revoke(@PathVariable String id, Caller caller) {
    keyring.revoke(caller, TypeId.require("key", id));
  }
}
