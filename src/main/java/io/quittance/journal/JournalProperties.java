package io.quittance.journal;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of the journal.
 *
 * @param queueCapacity commands that may wait; more are refused as overload
 * @param maxBatch commands in one transaction, at most
 */
@ConfigurationProperties("quittance.journal")
record JournalProperties(
    @DefaultValue("4096") int queueCapacity, @DefaultValue("512") int maxBatch) {}
