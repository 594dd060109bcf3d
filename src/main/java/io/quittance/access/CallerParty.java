package io.quittance.access;

import io.quittance.database.RequestParty;
import io.quittance.identity.Caller;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The party of a request is its merchant. Requests without a merchant are one party together: the
 * operator's, probes, and those that begin and end sessions of the console.
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
