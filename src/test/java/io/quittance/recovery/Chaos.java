package io.quittance.recovery;

import java.util.List;

/**
 * Kills, freezes and cuts off replicas and their database under traffic, and proves after each
 * storm that every answer is still true, that nothing was done twice, and that the books are right.
 */
final class Chaos {

  private static final int SHOWN = 20;

  private Chaos() {}

  /** The long run; its options are in {@link Options#USAGE}. */
  public static void main(String[] arguments) throws Exception {
    List<String> violations = run(Options.parse(arguments));
    System.exit(violations.isEmpty() ? 0 : 1);
  }

  /** What the first storm that left anything wrong has left wrong, in words; empty if none did. */
  static List<String> run(Options options) throws Exception {
    System.out.println("chaos: " + options);
    long start = System.nanoTime();
    try (var server = CrashingPostgres.start();
        var proxy = new DatabaseProxy(server.port());
        var replicas = new Replicas(server.databaseBy(proxy), Options.REPLICAS)) {
      int storm = 0;
      do {
        storm++;
        List<String> violations = new Storm(storm, options, server, proxy, replicas).violations();
        report(storm, options, violations);
        if (!violations.isEmpty()) {
          return violations;
        }
      } while (System.nanoTime() - start < options.total().toNanos());
      return List.of();
    }
  }

  private static void report(int storm, Options options, List<String> violations) {
    System.out.printf(
        "storm %d, seed %d: %s%n",
        storm, options.seed(), violations.isEmpty() ? "proved" : violations.size() + " violations");
    violations.stream().limit(SHOWN).forEach(System.out::println);
  }
}
