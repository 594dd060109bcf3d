package io.quittance.journal;

import java.util.Set;
import java.util.UUID;

/** A command that adds something to another one, and is that one in everything else. */
public interface ForwardingCommand<R> extends Command<R> {

  /** The command that does the work. */
  Command<R> command();

  @Override
  default UUID merchantId() {
    return command().merchantId();
  }

  @Override
  default Set<String> accounts() {
    return command().accounts();
  }

  @Override
  default boolean ofPaymentBatch() {
    return command().ofPaymentBatch();
  }

  @Override
  default void prepare(UnitOfWork unit) {
    command().prepare(unit);
  }

  @Override
  default R decide(UnitOfWork unit) {
    return command().decide(unit);
  }
}
