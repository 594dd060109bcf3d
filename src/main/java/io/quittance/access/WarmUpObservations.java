package io.quittance.access;

import io.micrometer.common.KeyValue;
import io.quittance.identity.Caller;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Counts the requests that the service sends to itself under a route of their own, so that they are
 * not taken for those of merchants. Thread-safe.
 */
@Component
final class WarmUpObservations extends DefaultServerRequestObservationConvention {

  private static final KeyValue WARM_UP = KeyValue.of("uri", "warm-up");

  private final WarmUpKey key;

  WarmUpObservations(WarmUpKey key) {
    this.key = key;
  }

  /** Also called at the start of a request, before its caller is known. */
  @Override
  protected KeyValue uri(ServerRequestObservationContext context) {
    return context.getCarrier() != null
            && context.getCarrier().getAttribute(Caller.ATTRIBUTE) instanceof Caller caller
            && key.isOf(caller)
        ? WARM_UP
        : super.uri(context);
  }
}
