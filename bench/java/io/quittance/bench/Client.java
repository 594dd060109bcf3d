package io.quittance.bench;

/** Carries out operations one after another on a connection of its own; confined to one thread. */
interface Client extends AutoCloseable {

  /** Returns when the operation is durable; anything but success is an exception. */
  void carryOut(Step step) throws Exception;

  @Override
  void close() throws Exception;
}
