package io.quittance.access;

import io.quittance.database.RequestParty;
import io.quittance.identity.Caller;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;

/** A request is its merchant's; those without one are a party together. */
@Component
final class CallerParty implements RequestParty {

  @Override
  public Object of(RequestAttributes request) {
    return request.getAttribute(Caller.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
            instanceof Caller caller
        ? caller.merchantId()
        : "nobody";
  }
}
