package io.quittance.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * API keys: the operator's key, limits, and caching.
 *
 * @param operatorKey the key that manages merchants; none: nobody can
 * @param access limits of keys and of their look-ups
 */
@ConfigurationProperties("quittance")
public record AccessProperties(
    @Nullable String operatorKey, @Name("access") @DefaultValue @Valid Keys access) {

  /**
   * Limits of keys and of their look-ups.
   *
   * @param keysPerMerchant how many active keys a merchant may have
   * @param cacheTtl how long a revoked key, or a key of a disabled merchant, may still work on
   *     another replica
   * @param cacheSize how many keys are cached
   * @param timeout how long a look-up may take before the request is refused
   */
  public record Keys(
      @DefaultValue("100") @Min(1) int keysPerMerchant,
      @DefaultValue("500ms") @DurationMin Duration cacheTtl,
      @DefaultValue("10000") @Min(1) int cacheSize,
      @DefaultValue("2s") @DurationMin(millis = 50) Duration timeout) {}
}
