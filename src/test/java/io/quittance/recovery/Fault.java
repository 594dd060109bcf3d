package io.quittance.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * What is killed, and when; drawn from the seed before the storm begins.
 *
 * @param afterAnswers how many requests have been answered then
 * @param delay from that answer on, so that it strikes anywhere within the work on the next ones
 */
record Fault(int afterAnswers, Duration delay, Victim victim) {

  private static final int DELAY_MS_MAX = 50;

  sealed interface Victim {
    record Replica(int number) implements Victim {}

    /** How long the database stays away, recovery not included. */
    record Database(CrashingPostgres.Crash how, Duration away) implements Victim {}
  }

  /** Faults at random instants of the storm but for its first and last tenth, in order. */
  static List<Fault> plan(Random random, Options options) {
    List<Fault> faults = new ArrayList<>();
    draw(faults, options.replicaKills(), options, random, Fault::replica);
    draw(faults, options.databaseKills(), options, random, Fault::database);
    faults.sort(Comparator.comparing(Fault::afterAnswers));
    return faults;
  }

  private static void draw(
      List<Fault> faults,
      int count,
      Options options,
      Random random,
      Function<Random, Victim> victim) {
    for (int i = 0; i < count; i++) {
      double instant = 0.1 + 0.8 * random.nextDouble();
      faults.add(
          new Fault(
              (int) (options.requests() * instant),
              Duration.ofMillis(random.nextInt(DELAY_MS_MAX)),
              victim.apply(random)));
    }
  }

  private static Victim replica(Random random) {
    return new Victim.Replica(random.nextInt(Options.REPLICAS));
  }

  private static Victim database(Random random) {
    var how = CrashingPostgres.Crash.values();
    return new Victim.Database(
        how[random.nextInt(how.length)], Duration.ofMillis(random.nextInt(1500)));
  }
}
