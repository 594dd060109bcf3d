package io.quittance.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Stops processes for a while, all their threads. Linux only. */
final class Freezing {

  private Freezing() {}

  /**
   * SIGSTOP. When this returns, no thread runs: the signal itself may reach them a little later.
   */
  static void freeze(long pid) throws IOException, InterruptedException {
    signal("STOP", pid);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(30))
        .until(() -> isFrozen(pid));
  }

  /** SIGCONT. */
  static void thaw(long pid) throws IOException, InterruptedException {
    signal("CONT", pid);
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, pid)).start().waitFor();
  }

  private static boolean isFrozen(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
      return threads.noneMatch(Freezing::runs);
    } catch (IOException ended) {
      return true;
    }
  }

  /** Whether it runs or waits, by proc(5): the state follows the name, which is in parentheses. */
  private static boolean runs(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      return "RSD".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException ended) {
      return false;
    }
  }
}
