package io.quittance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * The packaged service as it is deployed: extracted, with an ahead-of-time cache that {@code
 * ops/aot} trained. Tests start it more than thirty times, in a third of the time that the jar
 * itself takes.
 */
public final class TrainedService {

  private static final Path JAR = Path.of(System.getProperty("service.jar"));
  private static final Path DIRECTORY = JAR.resolveSibling("trained");
  private static final Path LOG = JAR.resolveSibling("trained.log");

  /** What the directory was made from: the jar's own time is the same in each build. */
  private static final Path ORIGIN = DIRECTORY.resolve("jar.crc32c");

  private static final String SECONDS_OF_TRAINING = "2";
  private static final long LIMIT_MINUTES = 10;

  private static final List<String> ARGUMENTS = train();

  private TrainedService() {}

  /** What {@code java} is given so that it starts the service. */
  public static List<String> arguments() {
    return ARGUMENTS;
  }

  private static List<String> train() {
    Path application = DIRECTORY.resolve("quittance.jar");
    Path cache = DIRECTORY.resolve("quittance.aot");
    try {
      String checksum = checksum(JAR);
      if (!Files.exists(ORIGIN) || !Files.readString(ORIGIN).equals(checksum)) {
        Files.deleteIfExists(ORIGIN);
        makeCache();
        Files.writeString(ORIGIN, checksum);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the service was trained", e);
    }
    return List.of("-XX:AOTCache=" + cache, "-jar", application.toString());
  }

  private static String checksum(Path file) throws IOException {
    var checksum = new CRC32C();
    checksum.update(Files.readAllBytes(file));
    return Long.toHexString(checksum.getValue());
  }

  private static void makeCache() throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder("ops/aot", JAR.toString(), DIRECTORY.toString())
            .redirectErrorStream(true)
            .redirectOutput(LOG.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SECONDS_OF_TRAINING", SECONDS_OF_TRAINING);
    builder.environment().put("TRAINING_PORT", Integer.toString(ServiceProcess.freePort()));
    Process training = builder.start();
    if (!training.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || training.exitValue() != 0) {
      training.destroyForcibly();
      throw new IllegalStateException("the service cannot be trained: see " + LOG);
    }
  }
}
