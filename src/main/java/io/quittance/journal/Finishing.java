package io.quittance.journal;

import java.util.Set;
import java.util.UUID;

/** A command that finishes what another one began: it is not refused for lack of room. */
record Finishing<R>(Command<R> command) implements Command<R> {

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
    return command.decide(batch);
  }
}
