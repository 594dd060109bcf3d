package io.quittance.kafka;

import java.util.UUID;

/**
 * The parts that events are relayed in, each in its own order. Their number is fixed: replicas that
 * counted differently would relay one payment from two shards.
 */
final class Shards {

  /** The rows of {@code kafka_shards}. */
  static final int COUNT = 4;

  private Shards() {}

  /** A merchant's shard, from 0. */
  static int of(UUID merchantId) {
    return Math.floorMod(merchantId.hashCode(), COUNT);
  }
}
