package io.quittance.journal;

import io.quittance.tracing.Origin;

/** A command whose caller's trace is recorded: it leads to the batch that commits it. */
record TracedCommand<R>(Command<R> command, Origin origin) implements ForwardingCommand<R> {

  @Override
  public R decide(UnitOfWork unit) {
    unit.table(BatchTrace.class).add(origin);
    return origin.resume(() -> command.decide(unit));
  }
}
