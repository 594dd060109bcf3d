package io.quittance.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Takes a connection out of its pool when its server has become read-only, is shutting down or has
 * no room: the next one may lead to another server. HikariCP makes it by its class name.
 */
public final class Eviction implements SQLExceptionOverride {

  @java.lang.Override
  public Override adjudicate(SQLException e) {
    return SqlFailure.requiresNewConnection(e) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
  }
}
