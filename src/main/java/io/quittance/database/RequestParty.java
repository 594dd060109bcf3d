package io.quittance.database;

import org.springframework.web.context.request.RequestAttributes;

/**
 * Finds the party of a request, such as its merchant. The module that knows callers defines it as a
 * bean.
 */
@FunctionalInterface
public interface RequestParty {

  /** The party of a request: the same object for all requests of one party. */
  Object of(RequestAttributes request);
}
