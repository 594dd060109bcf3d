package io.quittance.bench;

/** Makes payments one after another on a connection of its own; confined to one thread. */
interface Client extends AutoCloseable {

  /** Makes one payment and returns when it is durable; anything but success is an exception. */
  void pay(Order order) throws Exception;

  @Override
  void close() throws Exception;
}
