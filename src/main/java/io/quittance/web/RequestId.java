package io.quittance.web;

import io.quittance.web.log.Redaction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id under which a request is known: the caller's, if it sent a valid one, or a new one. */
public final class RequestId {

  public static final String HEADER = "X-Request-Id";

  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private RequestId() {}

  public static String from(@Nullable String given) {
    return given != null && SANE.matcher(given).matches() && Redaction.of(given).equals(given)
        ? given
        : TypeId.format("req", TypeId.next());
  }
}
