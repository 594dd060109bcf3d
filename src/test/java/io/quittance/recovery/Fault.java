package io.quittance.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * What is disturbed, and when; drawn from the seed before the storm begins.
 *
 * @param afterAnswers how many requests have been answered then
 * @param delay from that answer on, so that it strikes anywhere within the work on the next ones
 */
record Fault(int afterAnswers, Duration delay, Disturbance disturbance) {

  private static final int DELAY_MS_MAX = 50;
  private static final int AWAY_MS_MAX = 1_500;

  /** Longer than a transaction may sleep, and than an answer may be unknown. */
  private static final int STAYS_MS_MIN = 1_000;

  private static final int STAYS_MS_MAX = 8_000;

  private static final List<Function<Random, Disturbance>> STAYING =
      List.of(
          random -> new Disturbance.Freeze(random.nextInt(Options.REPLICAS), staying(random)),
          random ->
              new Disturbance.LockAccount("a" + random.nextInt(Mix.ACCOUNTS), staying(random)),
          random -> new Disturbance.ReadOnly(staying(random)),
          random -> new Disturbance.Network(DatabaseProxy.Weather.HANGING, staying(random)),
          random -> new Disturbance.Network(DatabaseProxy.Weather.CUTTING, staying(random)));

  /** Faults at random instants of the storm but for its first and last tenth, in order. */
  static List<Fault> plan(Random random, Options options) {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < options.replicaKills(); i++) {
      faults.add(at(random, options, kill(random)));
    }
    for (int i = 0; i < options.databaseKills(); i++) {
      faults.add(at(random, options, crash(random)));
    }
    // Each kind in its turn, so that few faults are different ones.
    int first = random.nextInt(STAYING.size());
    for (int i = 0; i < options.stayingFaults(); i++) {
      Disturbance staying = STAYING.get((first + i) % STAYING.size()).apply(random);
      faults.add(at(random, options, staying));
    }
    faults.sort(Comparator.comparing(Fault::afterAnswers));
    return faults;
  }

  private static Fault at(Random random, Options options, Disturbance disturbance) {
    double instant = 0.1 + 0.8 * random.nextDouble();
    return new Fault(
        (int) (options.requests() * instant),
        Duration.ofMillis(random.nextInt(DELAY_MS_MAX)),
        disturbance);
  }

  private static Disturbance kill(Random random) {
    return new Disturbance.Kill(random.nextInt(Options.REPLICAS));
  }

  private static Disturbance crash(Random random) {
    var how = CrashingPostgres.Crash.values();
    return new Disturbance.Crash(
        how[random.nextInt(how.length)], Duration.ofMillis(random.nextInt(AWAY_MS_MAX)));
  }

  private static Duration staying(Random random) {
    return Duration.ofMillis(random.nextInt(STAYS_MS_MIN, STAYS_MS_MAX));
  }
}
