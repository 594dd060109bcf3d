package io.quittance.journal;

import io.quittance.tracing.ConditionalOnTracing;
import io.quittance.tracing.SpanOrigin;
import io.quittance.tracing.Tracing;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * The trace of a transaction. It is linked with the traces of its commands, because it belongs to
 * all of them. Has no rows. Confined to the journal's thread.
 */
final class TransactionTrace implements Table {

  @Component
  @ConditionalOnTracing
  @Order(0)
  static final class Factory implements Table.Factory {

    private final Tracing tracing;
    private final Clock clock;

    Factory(Tracing tracing, Clock clock) {
      this.tracing = tracing;
      this.clock = clock;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new TransactionTrace(tracing, clock.instant());
    }
  }

  private final Tracing tracing;
  private final Instant startedAt;
  private final List<SpanOrigin> origins = new ArrayList<>();

  private TransactionTrace(Tracing tracing, Instant startedAt) {
    this.tracing = tracing;
    this.startedAt = startedAt;
  }

  /** Adds the trace of a command of this transaction. */
  void add(SpanOrigin origin) {
    origins.add(origin);
  }

  @Override
  public void flush(Writes writes, Instant now) {
    // It has no rows.
  }

  @Override
  public void committed() {
    if (!origins.isEmpty()) {
      tracing.shared("journal batch", startedAt, origins);
    }
  }
}
