package io.quittance.database;

import org.springframework.web.context.request.RequestAttributes;

/** Tells on whose behalf a request is made: a bean of the module that knows callers. */
@FunctionalInterface
public interface RequestParty {

  /** The same for all requests of one party; anything for those that have none. */
  Object of(RequestAttributes request);
}
