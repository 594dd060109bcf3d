package io.quittance.journal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of the journal.
 *
 * @param lanes workers, each for some of the merchants and with two connections
 * @param queueCapacity commands that may wait, in all lanes together; more are refused as overload
 * @param maxBatch commands in one transaction, at most
 * @param transactionLimit how long a transaction may take until its commit is sent, and how long
 *     the database lets one sleep; at most twice this is how long it can live
 * @param lockLimit how long a statement waits for a lock that was not announced
 */
@ConfigurationProperties("quittance.journal")
record JournalProperties(
    @DefaultValue("2") int lanes,
    @DefaultValue("4096") int queueCapacity,
    @DefaultValue("512") int maxBatch,
    @DefaultValue("2s") Duration transactionLimit,
    @DefaultValue("100ms") Duration lockLimit) {

  JournalProperties {
    if (lanes < 1 || queueCapacity < lanes || maxBatch < 1) {
      throw new IllegalArgumentException(
          "quittance.journal: at least one lane, one command in a batch, and a place for each lane");
    }
  }
}
