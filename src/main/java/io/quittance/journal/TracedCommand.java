package io.quittance.journal;

import io.quittance.tracing.Origin;
import java.util.Set;
import java.util.UUID;

/** A command whose caller's trace is recorded: it leads to the batch that commits it. */
record TracedCommand<R>(Command<R> command, Origin origin) implements Command<R> {

  @Override
  public UUID merchantId() {
    return command.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return command.accounts();
  }

  @Override
  public boolean ofPaymentBatch() {
    return command.ofPaymentBatch();
  }

  @Override
  public void prepare(Batch batch) {
    command.prepare(batch);
  }

  @Override
  public R decide(Batch batch) {
    batch.table(BatchTrace.class).add(origin);
    return origin.resume(() -> command.decide(batch));
  }
}
