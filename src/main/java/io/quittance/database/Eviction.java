package io.quittance.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Evicts a connection from its pool when its server has become read-only, is shutting down or has
 * no capacity: the next connection may lead to another server. HikariCP creates it by its class
 * name.
 */
public final class Eviction implements SQLExceptionOverride {

  @java.lang.Override
  public Override adjudicate(SQLException e) {
    return SqlFailure.requiresNewConnection(e) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
  }
}
