package io.quittance.concurrency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How often the operating system has switched away from the threads of a process. The switches of a
 * thread that has ended still count, up to the last reading, so the number never falls.
 * Thread-safe.
 */
final class ContextSwitches {

  private final Path tasks;
  private final String key;

  /** The count of each thread at the last reading, by its id. */
  private Map<Path, Long> seen = Map.of();

  private double total;

  /**
   * @param tasks the directory task of the process (proc(5))
   * @param kind voluntary or nonvoluntary
   */
  ContextSwitches(Path tasks, String kind) {
    this.tasks = tasks;
    this.key = kind + "_ctxt_switches:";
  }

  synchronized double count() {
    Map<Path, Long> now = new HashMap<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        now.put(thread.getFileName(), switches(thread.resolve("status")));
      }
    } catch (IOException | DirectoryIteratorException e) {
      return total;
    }
    now.forEach((thread, switches) -> total += since(seen.getOrDefault(thread, 0L), switches));
    seen = now;
    return total;
  }

  /** A thread that has fewer than before is another one with the same id. */
  private static long since(long before, long switches) {
    return switches < before ? switches : switches - before;
  }

  private long switches(Path status) throws IOException {
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.substring(key.length()).strip()))
          .sum();
    } catch (NoSuchFileException | UncheckedIOException ended) {
      return 0;
    }
  }
}
