package io.quittance.recovery;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long and how hard.
 *
 * @param total storms follow each other until this has passed; one at the least
 * @param requests per storm, so that a slow machine sees as much as a fast one
 * @param replicaKills per storm
 * @param databaseKills per storm
 * @param stayingFaults per storm: replicas that freeze, accounts that are locked, a server that
 *     takes no writes, connections that hang or are cut
 */
record Options(
    long seed,
    Duration total,
    int requests,
    int clients,
    int replicaKills,
    int databaseKills,
    int stayingFaults) {

  static final int REPLICAS = 2;

  static final String USAGE =
      "bench/chaos [--minutes 10] [--seed N] [--clients 16] [--requests 5000]"
          + " [--replica-kills 5] [--database-kills 2] [--staying-faults 5]";

  /** One storm that fits into every build. */
  static Options brief() {
    return new Options(anySeed(), Duration.ZERO, 600, 8, 2, 1, 5);
  }

  private static long anySeed() {
    return Long.getLong("chaos.seed", ThreadLocalRandom.current().nextLong(1_000_000));
  }

  static Options parse(String[] args) {
    long seed = anySeed();
    int minutes = 10;
    int requests = 5_000;
    int clients = 16;
    int replicaKills = 5;
    int databaseKills = 2;
    int stayingFaults = 5;
    var words = Arrays.asList(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--seed" -> seed = Long.parseLong(words.next());
        case "--minutes" -> minutes = Integer.parseInt(words.next());
        case "--requests" -> requests = Integer.parseInt(words.next());
        case "--clients" -> clients = Integer.parseInt(words.next());
        case "--replica-kills" -> replicaKills = Integer.parseInt(words.next());
        case "--database-kills" -> databaseKills = Integer.parseInt(words.next());
        case "--staying-faults" -> stayingFaults = Integer.parseInt(words.next());
        default -> throw new IllegalArgumentException(word + "?\n" + USAGE);
      }
    }
    return new Options(
        seed,
        Duration.ofMinutes(minutes),
        requests,
        clients,
        replicaKills,
        databaseKills,
        stayingFaults);
  }
}
