package io.quittance.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Uses two replicas for hours: payments with all that can become of them, webhooks of which some go
 * nowhere, batches, and events for analytics; now and then a replica is killed. Ends with the
 * proofs of every round, and with what has grown.
 */
final class Soak {

  static final String USAGE =
      "bench/soak [--hours 1] [--clients 4] [--requests 20000] [--kill-every 5]";

  /**
   * @param requests in a round, at whose end everything is proved
   * @param killEvery rounds
   */
  private record Settings(Duration total, int clients, int requests, int killEvery) {

    static Settings parse(String[] arguments) {
      double hours = 1;
      int clients = 4;
      int requests = 20_000;
      int killEvery = 5;
      var words = Arrays.asList(arguments).iterator();
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "--hours" -> hours = Double.parseDouble(words.next());
          case "--clients" -> clients = Integer.parseInt(words.next());
          case "--requests" -> requests = Integer.parseInt(words.next());
          case "--kill-every" -> killEvery = Integer.parseInt(words.next());
          default -> throw new IllegalArgumentException(word + "?\n" + USAGE);
        }
      }
      return new Settings(Duration.ofSeconds((long) (hours * 3_600)), clients, requests, killEvery);
    }

    Options round(int number) {
      int kills = number % killEvery == 0 ? 1 : 0;
      long seed = ThreadLocalRandom.current().nextLong(1_000_000);
      return new Options(seed, Duration.ZERO, requests, clients, kills, 0, 0);
    }
  }

  private Soak() {}

  public static void main(String[] arguments) throws Exception {
    List<String> violations = run(Settings.parse(arguments));
    violations.forEach(System.out::println);
    System.exit(violations.isEmpty() ? 0 : 1);
  }

  private static List<String> run(Settings settings) throws Exception {
    var over = new AtomicBoolean();
    var violations = new ArrayList<String>();
    try (var server = CrashingPostgres.start();
        var proxy = new DatabaseProxy(server.port());
        var replicas = new Replicas(server.database(), Options.REPLICAS);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var growth = new Growth(server.database());
      var events = EventTraffic.open(replicas);
      Future<?> sender =
          threads.submit(
              () -> {
                events.sendUntil(over::get);
                return true;
              });
      long end = System.nanoTime() + settings.total().toNanos();
      for (int number = 1; violations.isEmpty() && System.nanoTime() < end; number++) {
        Options round = settings.round(number);
        violations.addAll(new Storm(number, round, server, proxy, replicas).violations());
        growth.sample(replicas.allReady());
        System.out.printf("round %d: %s%n%s", number, events, growth.report());
      }
      over.set(true);
      sender.get();
      violations.addAll(events.violations());
    }
    System.out.println(violations.isEmpty() ? "proved" : violations.size() + " violations");
    return violations;
  }
}
