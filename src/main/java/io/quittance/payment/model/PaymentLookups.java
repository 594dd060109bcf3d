package io.quittance.payment.model;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.Dialect;
import io.quittance.database.ReservedConnection;
import io.quittance.idempotency.TimedLookups;
import jakarta.annotation.PreDestroy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * Reads the payments that are to be changed, on the connections that are reserved for changes.
 * Look-ups that come together share one query. Nothing is cached. Thread-safe.
 */
@Component
public final class PaymentLookups {

  private static final int WORKERS = 2;
  private static final int QUEUED_MAX = 4096;
  private static final int PAYMENTS_PER_QUERY_MAX = 256;

  /** No party: payments of many merchants are read at once. */
  private static final Object PARTY = new Object();

  private final JdbcOperations jdbc;
  private final Dialect dialect;
  private final TimedLookups<Payments.Key, Optional<Payment>> lookups;

  PaymentLookups(JdbcOperations jdbc, Dialect dialect, MeterRegistry registry) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.lookups =
        new TimedLookups<>(
            WorkerPool.<Payments.Key, Optional<Payment>>named("payments", this::answer)
                // If one worker hangs on a dead connection, the other one goes on.
                .workers(WORKERS)
                .capacity(QUEUED_MAX)
                .maxBatch(PAYMENTS_PER_QUERY_MAX)
                .start(registry));
  }

  /** A row that cannot be read fails only the requests for that payment. */
  private void answer(List<Job<Payments.Key, Optional<Payment>>> jobs) {
    Map<Payments.Key, List<Job<Payments.Key, Optional<Payment>>>> asked =
        jobs.stream()
            .collect(Collectors.groupingBy(Job::item, LinkedHashMap::new, Collectors.toList()));
    ReservedConnection.forChange(
        PARTY,
        () -> {
          PaymentRows.find(
              jdbc,
              dialect,
              asked.keySet(),
              rs ->
                  asked
                      .getOrDefault(PaymentRows.key(rs), List.of())
                      .forEach(job -> job.complete(() -> Optional.of(PaymentRows.seen(rs)))));
          return null;
        });
    jobs.forEach(job -> job.succeed(Optional.empty()));
  }

  /** Starts to look a payment up; it may not exist. */
  public TimedLookups<?, Optional<Payment>>.Begun begin(
      UUID merchantId, UUID id, Deadline deadline) {
    return lookups.begin(new Payments.Key(merchantId, id), deadline);
  }

  @PreDestroy
  void close() {
    lookups.close();
  }
}
