package io.quittance.access.merchant;

import io.quittance.access.merchant.AccessController.KeyBody;
import io.quittance.access.merchant.AccessController.NewKey;
import io.quittance.access.merchant.Keyring.Issued;
import io.quittance.identity.OperatorOnly;
import io.quittance.identity.Origin;
import io.quittance.identity.Scope;
import io.quittance.web.Printable;
import io.quittance.web.Problem;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Merchants, for the operator. */
@RestController
@RequestMapping("/v1/merchants")
class MerchantController {

  private static final String NOT_BLANK = "[^\\p{Cntrl}]*[^\\p{Cntrl}\\s][^\\p{Cntrl}]*";

  record NewMerchant(
      @NotBlank @Size(max = 200) @Printable String name,
      @Min(50) @Max(30_000) @Nullable Integer deadlineMaxMs) {}

  /** A field that is null is not changed. */
  record Change(
      @Size(min = 1, max = 200)
          @Pattern(
              regexp = NOT_BLANK,
              message = "must not be blank and must have no control characters")
          @Nullable String name,
      @Nullable Boolean enabled,
      @Min(50) @Max(30_000) @Nullable Integer deadlineMaxMs,
      @Min(1) @Max(1_000_000) @Nullable Integer requestsPerSecond,
      @Min(1) @Max(1_000_000) @Nullable Integer burst) {

    Merchant.Change change() {
      return new Merchant.Change(name, enabled, deadlineMaxMs, requestsPerSecond, burst);
    }
  }

  record RegisteredMerchant(String id, String name, Instant createdAt, FirstKey apiKey) {}

  record FirstKey(String id, String secret, Set<Scope> scopes) {}

  /** A merchant as the operator sees it. */
  record MerchantBody(
      String id,
      String name,
      boolean enabled,
      @Nullable Integer deadlineMaxMs,
      @Nullable Integer requestsPerSecond,
      @Nullable Integer burst,
      Instant createdAt) {

    static MerchantBody of(Merchant merchant) {
      return new MerchantBody(
          TypeId.format("mch", merchant.getId()),
          merchant.name(),
          merchant.enabled(),
          merchant.deadlineMaxMs(),
          merchant.requestsPerSecond(),
          merchant.burst(),
          merchant.createdAt());
    }
  }

  private final Onboarding onboarding;
  private final Merchants merchants;
  private final Clock clock;

  MerchantController(Onboarding onboarding, Merchants merchants, Clock clock) {
    this.onboarding = onboarding;
    this.merchants = merchants;
    this.clock = clock;
  }

  @PostMapping
  @Route(
      id = "createMerchant",
      summary = "Registers a merchant",
      description =
          "The answer holds its first API key, with every scope. The secret is shown this once.")
  @ResponseStatus(HttpStatus.CREATED)
  @OperatorOnly
  RegisteredMerchant create(@Valid @RequestBody NewMerchant body, HttpServletRequest request) {
    var merchant = new Merchant(TypeId.next(), body.name(), body.deadlineMaxMs(), clock.instant());
    Issued first = onboarding.register(merchant, Origin.of(request));
    return new RegisteredMerchant(
        TypeId.format("mch", merchant.getId()),
        merchant.name(),
        merchant.createdAt(),
        new FirstKey(
            TypeId.format("key", first.key().getId()),
            first.secret().text(),
            first.key().scopes()));
  }

  @GetMapping
  @Route(
      id = "listMerchants",
      summary = "Lists merchants",
      query = {"limit", "cursor"})
  @OperatorOnly
  Page<MerchantBody> list(HttpServletRequest request) {
    PageRequest page = PageRequest.of(request, "merchants");
    return Page.of(
        merchants.newestFirst(page.olderThan(), page.fetch()),
        page,
        merchant -> merchant.getId().toString(),
        MerchantBody::of);
  }

  @GetMapping("/{id}")
  @Route(id = "getMerchant", summary = "Shows a merchant")
  @OperatorOnly
  MerchantBody get(@PathVariable String id) {
    return merchants
        .findById(TypeId.require("mch", id))
        .map(MerchantBody::of)
        .orElseThrow(() -> Problem.notFound("merchant"));
  }

  @PatchMapping("/{id}")
  @Route(
      id = "changeMerchant",
      summary = "Changes a merchant",
      description =
          "What is left out stays as it is. The keys of a merchant that is not `enabled` get 403"
              + " `merchant_disabled` within a second; its payments under way end, and its events"
              + " are delivered. The rate limit is for all its keys together, on each replica.")
  @OperatorOnly
  MerchantBody change(
      @PathVariable String id, @Valid @RequestBody Change body, HttpServletRequest request) {
    return MerchantBody.of(
        onboarding.change(TypeId.require("mch", id), body.change(), Origin.of(request)));
  }

  @PostMapping("/{id}/api-keys")
  @Route(
      id = "createApiKeyOfMerchant",
      summary = "Makes an API key for a merchant",
      description =
          "For a merchant that has lost its last one. It may have any scope, and the number of keys"
              + " does not matter. The secret is shown this once.")
  @ResponseStatus(HttpStatus.CREATED)
  @OperatorOnly
  KeyBody createKey(
      @PathVariable String id, @Valid @RequestBody NewKey body, HttpServletRequest request) {
    return KeyBody.of(onboarding.issue(TypeId.require("mch", id), body.wish(), Origin.of(request)));
  }
}
