package io.quittance.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Processor time used so far, in seconds: where client, service and database share their cores, it
 * tells who was the bottleneck.
 *
 * @param rest the database, and the kernel's work for all
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_stat.5.html">proc_stat(5)</a>
 */
record CpuTime(double service, double client, double rest, long nanoTime) {

  private static final double TICKS_PER_SECOND = 100;

  static CpuTime of(Service service) throws IOException {
    double ofService = service.cpuSeconds();
    double ofClient =
        ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    return new CpuTime(ofService, ofClient, machine() - ofService - ofClient, System.nanoTime());
  }

  /** All but idle time (field 4), and time waited for the disk (5). */
  private static double machine() throws IOException {
    String line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
    long[] ticks =
        Stream.of(line.split(" +")).skip(1).limit(8).mapToLong(Long::parseLong).toArray();
    long busy = 0;
    for (int i = 0; i < ticks.length; i++) {
      busy += i == 3 || i == 4 ? 0 : ticks[i];
    }
    return busy / TICKS_PER_SECOND;
  }

  /** Cores kept busy since then, of the service, the client and the rest. */
  String coresSince(CpuTime before) {
    double seconds = (nanoTime - before.nanoTime) / 1e9;
    return "cores busy: service %.2f, client %.2f, database and kernel %.2f"
        .formatted(
            (service - before.service) / seconds,
            (client - before.client) / seconds,
            (rest - before.rest) / seconds);
  }
}
