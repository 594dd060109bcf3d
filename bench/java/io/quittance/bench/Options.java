package io.quittance.bench;

import java.util.Arrays;
import java.util.List;

/** What the command line asks for. */
record Options(
    int rounds,
    int seconds,
    int warmUpSeconds,
    int clients,
    List<Integer> connections,
    DirectSql.Style style,
    int openLoopPercent,
    int openLoopRate,
    boolean pgbench,
    List<String> serviceJvm) {

  static final String USAGE =
      """
      bench/run payments [--rounds 5] [--seconds 8] [--warm-up 15] [--clients 64]
                         [--connections 4,8,16,32] [--baseline plain|packed]
                         [--open-loop-percent 50 | --open-loop-rate N] [--no-pgbench]
                         [--service-jvm "-XX:…"] [--quick]
      bench/run scope    [JMH options]
      """;

  static Options parse(String[] args) {
    int rounds = 5;
    int seconds = 8;
    int warmUp = 15;
    int clients = 64;
    List<Integer> connections = List.of(4, 8, 16, 32);
    DirectSql.Style style = DirectSql.Style.PLAIN;
    int percent = 50;
    int rate = 0;
    boolean pgbench = true;
    List<String> serviceJvm = List.of();
    var words = Arrays.asList(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--quick" -> {
          rounds = 2;
          seconds = 4;
          warmUp = 6;
          connections = List.of(8, 16);
        }
        case "--no-pgbench" -> pgbench = false;
        case "--rounds" -> rounds = Integer.parseInt(words.next());
        case "--seconds" -> seconds = Integer.parseInt(words.next());
        case "--warm-up" -> warmUp = Integer.parseInt(words.next());
        case "--clients" -> clients = Integer.parseInt(words.next());
        case "--connections" ->
            connections = Arrays.stream(words.next().split(",")).map(Integer::valueOf).toList();
        case "--baseline" ->
            style = DirectSql.Style.valueOf(words.next().toUpperCase(java.util.Locale.ROOT));
        case "--open-loop-percent" -> percent = Integer.parseInt(words.next());
        case "--open-loop-rate" -> rate = Integer.parseInt(words.next());
        case "--service-jvm" -> serviceJvm = List.of(words.next().split(" "));
        default -> throw new IllegalArgumentException(word + "?\n" + USAGE);
      }
    }
    return new Options(
        rounds, seconds, warmUp, clients, connections, style, percent, rate, pgbench, serviceJvm);
  }
}
