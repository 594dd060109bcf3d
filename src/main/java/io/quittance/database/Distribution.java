package io.quittance.database;

/** How the tables are spread over servers: {@code quittance.database.distribution}. */
public enum Distribution {
  /** One server has all of them. */
  NONE,

  /** Citus keeps each merchant's rows together on one of several servers. */
  CITUS
}
