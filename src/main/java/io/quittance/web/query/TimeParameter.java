package io.quittance.web.query;

import io.quittance.web.InputError;
import io.quittance.web.Problem;
import io.quittance.web.Rfc3339;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Instants in queries, in the form of {@link Rfc3339}. */
public final class TimeParameter {

  private TimeParameter() {}

  /** The instant; null if the parameter is not there. */
  public static @Nullable Instant of(String param, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Rfc3339.parse(text);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
          param, InputError.Code.INVALID_FORMAT, e.getMessage() + " (a + is written %2B in a URL)");
    }
  }
}
