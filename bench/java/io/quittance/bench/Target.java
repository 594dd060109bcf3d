package io.quittance.bench;

/**
 * What is measured.
 *
 * @param clients how many clients are at work at the same time
 * @param opener opens one client
 */
record Target(String name, int clients, Opener opener) {

  /** Opens a client; called once per thread. */
  @FunctionalInterface
  interface Opener {
    Client open() throws Exception;
  }

  Target with(int otherClients) {
    return new Target(name, otherClients, opener);
  }
}
