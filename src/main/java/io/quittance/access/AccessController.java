package io.quittance.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.access.Onboarding.Issued;
import io.quittance.web.Page;
import io.quittance.web.PageRequest;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Merchants (for the operator) and their API keys. */
@RestController
class AccessController {

  private static final String PRINTABLE = "[^\\p{Cntrl}]*";
  private static final UUID LAST = new UUID(-1L, -1L);

  record NewMerchant(
      @NotBlank @Size(max = 200) @Pattern(regexp = PRINTABLE) String name,
      @Min(50) @Max(30_000) @Nullable Integer deadlineMaxMs) {}

  record NewKey(
      @NotBlank @Size(max = 200) @Pattern(regexp = PRINTABLE) String name,
      @NotEmpty Set<@NotNull Scope> scopes,
      @Future @Nullable Instant expiresAt,
      @Valid @Nullable RateLimit rateLimit) {}

  record Rotation(@Min(0) @Max(604_800) @Nullable Integer overlapSeconds) {}

  record MerchantBody(String id, String name, Instant createdAt, FirstKey apiKey) {}

  record FirstKey(String id, String secret, Set<Scope> scopes) {}

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

    static KeyBody of(ApiKey key, @Nullable Secret secret) {
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

  private final Onboarding onboarding;
  private final ApiKeys keys;
  private final Clock clock;

  AccessController(Onboarding onboarding, ApiKeys keys, Clock clock) {
    this.onboarding = onboarding;
    this.keys = keys;
    this.clock = clock;
  }

  @PostMapping("/v1/merchants")
  @Route(
      id = "createMerchant",
      summary = "Registers a merchant",
      description =
          "The answer holds its first API key, with every scope. The secret is shown this once.")
  @ResponseStatus(HttpStatus.CREATED)
  @OperatorOnly
  MerchantBody createMerchant(@Valid @RequestBody NewMerchant body, HttpServletRequest request) {
    var merchant = new Merchant(TypeId.next(), body.name(), body.deadlineMaxMs(), clock.instant());
    Issued first = onboarding.register(merchant, Origin.of(request));
    return new MerchantBody(
        TypeId.format("mch", merchant.getId()),
        merchant.name(),
        merchant.createdAt(),
        new FirstKey(
            TypeId.format("key", first.key().getId()),
            first.secret().text(),
            first.key().scopes()));
  }

  @PostMapping("/v1/api-keys")
  @Route(
      id = "createApiKey",
      summary = "Makes an API key",
      description = "The secret is shown this once.")
  @ResponseStatus(HttpStatus.CREATED)
  @RequiresScope(Scope.KEYS_WRITE)
  KeyBody createKey(@Valid @RequestBody NewKey body, Caller caller) {
    Issued issued =
        onboarding.issue(caller, body.name(), body.scopes(), body.expiresAt(), body.rateLimit());
    return KeyBody.of(issued.key(), issued.secret());
  }

  @GetMapping("/v1/api-keys")
  @Route(
      id = "listApiKeys",
      summary = "Lists API keys",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.KEYS_WRITE)
  Page<KeyBody> listKeys(HttpServletRequest http, Caller caller) {
    PageRequest page = PageRequest.of(http, "api-keys");
    List<ApiKey> rows =
        keys.newestFirst(caller.merchantId(), page.afterId().orElse(LAST), Limit.of(page.fetch()));
    return Page.of(rows, page, key -> key.getId().toString(), key -> KeyBody.of(key, null));
  }

  @PostMapping("/v1/api-keys/{id}/rotate")
  @Route(
      id = "rotateApiKey",
      summary = "Replaces an API key",
      description = "The old key works on for `overlap_seconds`.")
  @ResponseStatus(HttpStatus.CREATED)
  @RequiresScope(Scope.KEYS_WRITE)
  KeyBody rotate(
      @PathVariable String id,
      @Valid @RequestBody(required = false) @Nullable Rotation body,
      Caller caller) {
    int overlap = body == null || body.overlapSeconds() == null ? 0 : body.overlapSeconds();
    Issued issued =
        onboarding.rotate(caller, TypeId.require("key", id), Duration.ofSeconds(overlap));
    return KeyBody.of(issued.key(), issued.secret());
  }

  @DeleteMapping("/v1/api-keys/{id}")
  @Route(id = "revokeApiKey", summary = "Revokes an API key")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @RequiresScope(Scope.KEYS_WRITE)
  void revoke(@PathVariable String id, Caller caller) {
    onboarding.revoke(caller, TypeId.require("key", id));
  }
}
