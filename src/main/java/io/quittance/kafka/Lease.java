package io.quittance.kafka;

import io.quittance.concurrency.Deadline;
import java.util.UUID;

/**
 * The right to relay a shard.
 *
 * @param owner the replica that holds it
 * @param epoch how often the shard has been taken; a replica with a lower number has lost it
 * @param until when the lease lapses unless it is renewed; earlier here than in the database
 */
record Lease(int shard, UUID owner, long epoch, Deadline until) {}
