package io.quittance.bench;

/** Counters of the database, and of the journal where there is one. */
@FunctionalInterface
interface Probe {

  /** All counters at one moment. */
  record Sample(
      long transactionIds, long walBytes, double batches, double commands, double cpuSeconds) {

    Sample plus(Sample other) {
      return new Sample(
          transactionIds + other.transactionIds,
          walBytes + other.walBytes,
          batches + other.batches,
          commands + other.commands,
          cpuSeconds + other.cpuSeconds);
    }

    Sample minus(Sample other) {
      return new Sample(
          transactionIds - other.transactionIds,
          walBytes - other.walBytes,
          batches - other.batches,
          commands - other.commands,
          cpuSeconds - other.cpuSeconds);
    }
  }

  Sample sample() throws Exception;
}
