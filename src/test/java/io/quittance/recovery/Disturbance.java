package io.quittance.recovery;

import java.time.Duration;

/** What is done to a replica, to the database, or to the way between them. */
sealed interface Disturbance {

  /** SIGKILL of a replica. */
  record Kill(int replica) implements Disturbance {}

  /** The database dies. How long it stays away, recovery not included. */
  record Crash(CrashingPostgres.Crash how, Duration away) implements Disturbance {}

  /** A replica is stopped wherever it is, inside a transaction or not, and goes on later. */
  record Freeze(int replica, Duration frozen) implements Disturbance {}

  /** Somebody else's session locks an account of the merchant. */
  record LockAccount(String account, Duration held) implements Disturbance {}

  /** The server takes no writes, as one that was demoted. */
  record ReadOnly(Duration lasting) implements Disturbance {}

  /** The replicas' connections to the database hang, or are cut. */
  record Network(DatabaseProxy.Weather weather, Duration lasting) implements Disturbance {}
}
