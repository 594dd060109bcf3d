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
 * Keys, and how long they are remembered.
 *
 * @param operatorKey manages merchants; none: nobody may
 * @param access how many keys there may be, and how they are looked up
 */
@ConfigurationProperties("quittance")
public record AccessProperties(
    @Nullable String operatorKey, @Name("access") @DefaultValue @Valid Keys access) {

  /**
   * How many keys there may be, and how they are looked up.
   *
   * @param keysPerMerchant keys of a merchant that work at a time
   * @param cacheTtl how long a revoked key, or one of a disabled merchant, may go on working on
   *     another replica
   * @param cacheSize keys remembered, at most
   * @param timeout how long a look-up may take before the request is refused
   */
  public record Keys(
      @DefaultValue("100") @Min(1) int keysPerMerchant,
      @DefaultValue("500ms") @DurationMin Duration cacheTtl,
      @DefaultValue("10000") @Min(1) int cacheSize,
      @DefaultValue("2s") @DurationMin(millis = 50) Duration timeout) {}
}
