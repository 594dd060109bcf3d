package io.quittance.analytics.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The largest of something, the largest first, as JSON. */
record TopBody(List<TopRow> data) {

  /**
   * One of the largest.
   *
   * @param currency of an amount; amounts of several currencies are never added up
   */
  record TopRow(
      String key,
      BigInteger value,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String currency) {}
}
