package io.quittance.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.identity.Actor;
import io.quittance.identity.Scope;
import io.quittance.identity.Terms;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Accepts signed access tokens (RFC 7519, RFC 9068) of one issuer instead of API keys, if one is
 * configured. Any invalid token is refused as {@code invalid_token} (RFC 6750). Thread-safe.
 */
@Component
final class Tokens {

  /**
   * Asymmetric ones only: a public key cannot serve as a shared secret, and {@code none} is
   * refused.
   */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Duration KEYS_KEPT = Duration.ofMinutes(5);
  private static final Duration KEYS_KEPT_IN_OUTAGE = Duration.ofHours(1);
  private static final Duration REFRESH_LIMIT = Duration.ofSeconds(2);
  private static final int CLOCK_SKEW_SECONDS = 30;
  private static final int SUBJECT_LENGTH_MAX = 255;

  private final TokenProperties properties;
  private final KnownMerchants merchants;
  private final @Nullable KeySetRetriever retriever;
  private final @Nullable DefaultJWTProcessor<SecurityContext> processor;

  Tokens(
      TokenProperties properties, KnownMerchants merchants, Clock clock, MeterRegistry registry) {
    this.properties = properties;
    this.merchants = merchants;
    String issuer = properties.issuer();
    if (issuer == null || !properties.enabled()) {
      retriever = null;
      processor = null;
    } else {
      retriever = new KeySetRetriever(issuer, registry);
      processor = processor(issuer, properties, retriever, clock);
    }
  }

  private static DefaultJWTProcessor<SecurityContext> processor(
      String issuer, TokenProperties properties, KeySetRetriever retriever, Clock clock) {
    JWKSource<SecurityContext> keys =
        JWKSourceBuilder.create(keysOf(issuer, properties.jwkSetUri()), retriever)
            .cache(KEYS_KEPT.toMillis(), REFRESH_LIMIT.toMillis())
            .refreshAheadCache(false)
            // Otherwise a client could cause a fetch with each made-up key id.
            .rateLimited(properties.refreshInterval().toMillis())
            .outageTolerant(KEYS_KEPT_IN_OUTAGE.toMillis())
            .build();
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    processor.setJWTClaimsSetVerifier(claimsVerifier(issuer, properties, clock));
    return processor;
  }

  private static URL keysOf(String issuer, @Nullable URI jwkSetUri) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    try {
      return jwkSetUri == null || jwkSetUri.toString().isBlank()
          ? URI.create(base + KeySetRetriever.DISCOVERY).toURL()
          : jwkSetUri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("quittance.access.jwt: not a URL", e);
    }
  }

  private static DefaultJWTClaimsVerifier<SecurityContext> claimsVerifier(
      String issuer, TokenProperties properties, Clock clock) {
    var verifier =
        new DefaultJWTClaimsVerifier<SecurityContext>(
            properties.audience(),
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("exp", "sub", properties.merchantClaim())) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        };
    verifier.setMaxClockSkew(CLOCK_SKEW_SECONDS);
    return verifier;
  }

  /** Whether this is a token and not a key: no key has a dot. */
  boolean takes(String bearer) {
    return processor != null && bearer.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * The identity of a token.
   *
   * @throws Problem 401 it is not valid; 503 the issuer's keys cannot be fetched
   */
  Identity identify(String token) throws InterruptedException {
    try {
      return identity(claims(token));
    } catch (ParseException e) {
      throw invalid("The token cannot be read.");
    }
  }

  private JWTClaimsSet claims(String token) throws ParseException {
    try {
      return Objects.requireNonNull(processor).process(token, null);
    } catch (RateLimitReachedException e) {
      throw invalid(
          "The token is signed with an unknown key; the issuer's keys were fetched a moment ago.");
    } catch (KeySourceException e) {
      throw Problem.of(
          ProblemCode.DEPENDENCY_UNAVAILABLE,
          "The token could not be checked, because its issuer's keys could not be fetched; send the request again.");
    } catch (BadJOSEException | JOSEException e) {
      // The reason is not told, because it would help a forger.
      throw invalid("The token is not valid for this service.");
    }
  }

  private Identity identity(JWTClaimsSet claims) throws ParseException, InterruptedException {
    String subject = claims.getSubject();
    Set<Scope> scopes = scopes(claims);
    if (scopes.isEmpty() || subject.isBlank() || subject.length() > SUBJECT_LENGTH_MAX) {
      throw invalid("The token has no subject, or no scope of this API.");
    }
    String merchant = claims.getStringClaim(properties.merchantClaim());
    UUID merchantId = TypeId.parse("mch", merchant).orElseThrow(this::noMerchant);
    Terms terms = merchants.terms(merchantId).orElseThrow(this::noMerchant);
    String bearer = claims.getIssuer() + '\n' + subject + '\n' + merchant;
    return new Identity(
        merchantId,
        UUID.nameUUIDFromBytes(bearer.getBytes(StandardCharsets.UTF_8)),
        Actor.token(subject),
        scopes,
        terms,
        null);
  }

  /**
   * From {@code scope}, a text, or {@code scp}, a text or a list; those of others do not matter.
   */
  private static Set<Scope> scopes(JWTClaimsSet claims) {
    var scopes = EnumSet.noneOf(Scope.class);
    Stream.of("scope", "scp")
        .map(claims::getClaim)
        .flatMap(
            claim ->
                claim instanceof List<?> list
                    ? list.stream()
                    : claim instanceof String text
                        ? Stream.of(text.split(" ", -1))
                        : Stream.empty())
        .forEach(
            text ->
                Stream.of(Scope.values()).filter(s -> s.text().equals(text)).forEach(scopes::add));
    return scopes;
  }

  private Problem noMerchant() {
    return invalid(
        "The token's claim %s must be the id of a merchant.".formatted(properties.merchantClaim()));
  }

  private static Problem invalid(String detail) {
    return Problem.of(ProblemCode.UNAUTHORIZED, detail).challenge("invalid_token");
  }

  @PreDestroy
  void close() {
    if (retriever != null) {
      retriever.close();
    }
  }
}
