package io.quittance.journal;

import io.quittance.concurrency.pool.Job;
import java.util.ArrayList;
import java.util.List;

/** Limits the text that the commands of one transaction write and read. */
final class TransactionWeight {

  /**
   * The {@linkplain Command#weight weight} that ends a transaction, in characters: about 2 MB of
   * UTF-8. PostgreSQL writes that in 30 ms on two busy cores, so a machine that is ten times slower
   * still keeps the transaction's limit. 500 payments with 1 KB of metadata each, which is written
   * twice, come to it: ordinary ones are not divided.
   */
  static final long MAX = 1_000_000;

  private TransactionWeight() {}

  /**
   * Divides commands into groups, in order. A group ends with the command by which it reaches the
   * limit.
   */
  static List<List<Job<Command<?>, Object>>> divided(List<Job<Command<?>, Object>> jobs) {
    var groups = new ArrayList<List<Job<Command<?>, Object>>>(1);
    int from = 0;
    long weight = 0;
    for (int i = 0; i < jobs.size(); i++) {
      weight += jobs.get(i).item().weight();
      if (weight >= MAX) {
        groups.add(jobs.subList(from, i + 1));
        from = i + 1;
        weight = 0;
      }
    }
    if (from < jobs.size()) {
      groups.add(jobs.subList(from, jobs.size()));
    }
    return groups;
  }
}
