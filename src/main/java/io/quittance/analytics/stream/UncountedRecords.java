package io.quittance.analytics.stream;

import io.quittance.analytics.stream.PartitionOffsets.Partition;
import io.quittance.analytics.stream.RecordSender.Result;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;

/**
 * The records that this replica has sent and that are not counted yet, of the last {@value
 * #RECORDS_MAX}. Thread-safe.
 */
final class UncountedRecords {

  private static final int RECORDS_MAX = 100_000;

  private record Sent(Partition partition, long offset, UUID merchantId, int events) {}

  private final PartitionOffsets offsets;
  private final Deque<Sent> records = new ArrayDeque<>();

  UncountedRecords(PartitionOffsets offsets) {
    this.offsets = offsets;
  }

  /** Remembers a record. */
  synchronized void add(Result.Acknowledged at, UUID merchantId, int events) {
    if (records.size() == RECORDS_MAX) {
      records.removeFirst();
    }
    records.addLast(new Sent(at.partition(), at.offset(), merchantId, events));
  }

  /** How many events of a merchant they have. */
  long events(UUID merchantId) {
    if (isEmpty()) {
      return 0;
    }
    return events(merchantId, offsets.all());
  }

  private synchronized boolean isEmpty() {
    return records.isEmpty();
  }

  private synchronized long events(UUID merchantId, Map<Partition, Long> counted) {
    records.removeIf(sent -> sent.offset() < counted.getOrDefault(sent.partition(), 0L));
    return records.stream()
        .filter(sent -> sent.merchantId().equals(merchantId))
        .mapToLong(Sent::events)
        .sum();
  }
}
