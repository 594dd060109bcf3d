package io.quittance.web.request;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Keeps responses that anyone can cause without a key, or that say nothing about the service, out
 * of {@code http_server_requests}: 401, 404 and 405 have no series there. Thread-safe.
 */
@Component
final class RequestMeters implements MeterFilter {

  private static final String REQUESTS = "http.server.requests";
  private static final Set<String> WITHOUT_SERIES = Set.of("401", "404", "405");

  @Override
  public MeterFilterReply accept(Meter.Id id) {
    String status = id.getName().equals(REQUESTS) ? id.getTag("status") : null;
    return status != null && WITHOUT_SERIES.contains(status)
        ? MeterFilterReply.DENY
        : MeterFilterReply.NEUTRAL;
  }
}
