package io.quittance.kafka;

import java.util.UUID;

/**
 * The shards of the outbox, each relayed in order. Their number is fixed: replicas with different
 * numbers would relay one payment from two shards.
 */
final class Shards {

  /** The number of rows of {@code kafka_shards}. */
  static final int COUNT = 4;

  private Shards() {}

  /** A merchant's shard, from 0. */
  static int of(UUID merchantId) {
    return Math.floorMod(merchantId.hashCode(), COUNT);
  }
}
