package io.quittance.access;

import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Tokens of an authorization server, taken beside API keys.
 *
 * @param issuer the issuer that signs them; none: tokens are not accepted
 * @param jwkSetUri the URI of its keys; none: from its discovery document
 * @param audience the audience that a token must have
 * @param merchantClaim the claim that names the merchant, {@code mch_…}
 * @param refreshInterval the shortest interval between fetches of its keys for tokens with unknown
 *     keys
 */
@ConfigurationProperties("quittance.access.jwt")
record TokenProperties(
    @Nullable String issuer,
    @Nullable URI jwkSetUri,
    @Nullable String audience,
    @DefaultValue("merchant_id") String merchantClaim,
    @DefaultValue("10s") @DurationMin(millis = 1) Duration refreshInterval) {

  TokenProperties {
    if (issuer != null && !issuer.isBlank() && (audience == null || audience.isBlank())) {
      throw new IllegalArgumentException(
          "quittance.access.jwt.audience is required: without it, tokens for other services"
              + " would be accepted here");
    }
  }

  boolean enabled() {
    return issuer != null && !issuer.isBlank();
  }
}
