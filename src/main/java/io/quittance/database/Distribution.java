package io.quittance.database;

/** How the tables are distributed over servers: {@code quittance.database.distribution}. */
public enum Distribution {
  /** All tables are on one server. */
  NONE,

  /** Citus keeps each merchant's rows together on one of several servers. */
  CITUS
}
