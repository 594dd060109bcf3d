package io.quittance.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Prints, and keeps what it prints in a file of {@code bench/results}. */
final class Report implements AutoCloseable {

  private final PrintStream file;

  Report(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    file = new PrintStream(directory.resolve(name + "-" + time + ".txt").toFile());
  }

  void line(String format, Object... values) {
    String text = String.format(Locale.ROOT, format, values);
    System.out.println(text);
    file.println(text);
    file.flush();
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  @Override
  public void close() {
    file.close();
  }
}
