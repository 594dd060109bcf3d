package io.quittance.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;

/**
 * One broker of Kafka for all tests of a JVM, controller and broker in one process of its own, to
 * be killed and started again at will. It makes no topics by itself.
 */
public final class KafkaBroker {

  private static final String JAVA = ProcessHandle.current().info().command().orElse("java");
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final KafkaBroker BROKER = new KafkaBroker();

  private final int port = ServiceProcess.freePort();
  private final Path settings;
  private Process process;

  private KafkaBroker() {
    try {
      Path folder = Files.createTempDirectory("kafka");
      settings = folder.resolve("server.properties");
      Files.writeString(settings, settings(folder, ServiceProcess.freePort()));
      Files.writeString(
          folder.resolve("meta.properties"),
          "version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=1\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> Optional.ofNullable(process).ifPresent(Process::destroyForcibly)));
  }

  private String settings(Path folder, int controllerPort) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%2$d
    listeners=BROKER://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=BROKER://127.0.0.1:%1$d
    listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
    inter.broker.listener.name=BROKER
    controller.listener.names=CONTROLLER
    log.dirs=%3$s
    auto.create.topics.enable=false
    offsets.topic.replication.factor=1
    offsets.topic.num.partitions=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    transaction.state.log.num.partitions=2
    """
        .formatted(port, controllerPort, folder);
  }

  /** The broker, which is up. */
  public static KafkaBroker running() {
    BROKER.start();
    return BROKER;
  }

  /** Starts it again, with all that it had, if it is not up. */
  public void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    try {
      process =
          new ProcessBuilder(
                  JAVA,
                  "-Xmx256m",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "kafka.Kafka",
                  settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(new File("target", "kafka-" + port + ".log"))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Admin admin = admin()) {
      Awaitility.await()
          .atMost(START_LIMIT)
          .ignoreExceptions()
          .until(() -> admin.describeCluster().nodes().get(1, TimeUnit.SECONDS).size() == 1);
    }
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGSTOP: it does nothing until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    Freezing.freeze(process.pid());
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    Freezing.thaw(process.pid());
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Makes a topic. */
  public void create(String topic, int partitions, Map<String, String> settings)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      var wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings);
      admin.createTopics(List.of(wanted)).all().get();
    }
  }

  /** Gives a topic more partitions. */
  public void grow(String topic, int partitions) throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
    }
  }

  /** Changes a setting of a topic. */
  public void set(String topic, String setting, String value)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      var change = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
      var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", address()));
  }
}
