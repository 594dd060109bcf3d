package io.quittance.access;

import io.quittance.database.RequestParty;
import io.quittance.identity.Caller;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * A request is its merchant's. Those without one are the operator's, probes and the like, which are
 * a party together, and those that anybody may send who has a key: they begin and end sessions of
 * the console.
 */
@Component
final class CallerParty implements RequestParty {

  private static final String CONSOLE = "/console/";

  @Override
  public Object of(RequestAttributes request) {
    if (request.getAttribute(Caller.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
        instanceof Caller caller) {
      return caller.merchantId();
    }
    return request instanceof ServletRequestAttributes servlet
            && servlet.getRequest().getRequestURI().startsWith(CONSOLE)
        ? CONSOLE
        : "nobody";
  }
}
