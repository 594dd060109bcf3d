package io.quittance.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A program that the machine may have; tests that need one that is missing are skipped. */
public record Program(Path path) {

  /** How a run ended, and what it wrote. */
  public record Ended(int exitCode, String output) {}

  /**
   * The program of this name on the {@code PATH}.
   *
   * @param origin where it comes from, for the message of a test that is skipped
   */
  public static Program named(String name, String origin) {
    Optional<Path> found = find(name);
    assumeTrue(found.isPresent(), name + " is not installed: " + origin);
    return new Program(found.orElseThrow());
  }

  public static Optional<Path> find(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs it to its end. */
  public Ended run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }
}
