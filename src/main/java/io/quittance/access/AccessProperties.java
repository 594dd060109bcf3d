package io.quittance.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Who may come in.
 *
 * @param operatorKey manages merchants; none: nobody may
 * @param access how keys are looked up
 */
@ConfigurationProperties("quittance")
record AccessProperties(@Nullable String operatorKey, @Name("access") @DefaultValue Lookup access) {

  /**
   * How keys are looked up.
   *
   * @param cacheTtl how long a revoked key may go on working on another replica
   * @param cacheSize keys remembered, at most
   * @param timeout how long a look-up may take before the request is refused
   */
  record Lookup(
      @DefaultValue("1s") Duration cacheTtl,
      @DefaultValue("10000") int cacheSize,
      @DefaultValue("2s") Duration timeout) {}
}
