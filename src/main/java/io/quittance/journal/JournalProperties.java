package io.quittance.journal;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of the journal.
 *
 * @param lanes workers, each for some of the merchants and with two connections
 * @param queueCapacity how many commands may wait, in all lanes together; more are refused as
 *     overload
 * @param maxBatch commands in one transaction, at most
 * @param transactionLimit how long a transaction may take until its commit is sent, and how long
 *     the database lets one idle; it can last at most twice as long
 * @param lockLimit how long a statement waits for a lock: of a busy account in its turn, or one
 *     that was not announced
 */
@ConfigurationProperties("quittance.journal")
record JournalProperties(
    @DefaultValue("2") @Min(1) int lanes,
    @DefaultValue("4096") @Min(1) int queueCapacity,
    @DefaultValue("512") @Min(1) int maxBatch,
    @DefaultValue("2s") @DurationMin(millis = 100) Duration transactionLimit,
    @DefaultValue("100ms") @DurationMin(millis = 1) Duration lockLimit) {

  JournalProperties {
    if (queueCapacity < lanes) {
      throw new IllegalArgumentException(
          "quittance.journal.queue-capacity must be no less than quittance.journal.lanes");
    }
  }
}
