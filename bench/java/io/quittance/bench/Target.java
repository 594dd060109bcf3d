package io.quittance.bench;

/**
 * What is measured. Its database has its name.
 *
 * @param clients how many clients are at work at the same time
 * @param opener opens one client
 * @param tally of all that was acknowledged, under whatever number of clients
 */
record Target(String name, int clients, Opener opener, Probe probe, Tally tally) {

  /** Opens a client; called once per thread. */
  @FunctionalInterface
  interface Opener {
    Client open() throws Exception;
  }

  Target with(int otherClients) {
    return new Target(name, otherClients, opener, probe, tally);
  }
}
