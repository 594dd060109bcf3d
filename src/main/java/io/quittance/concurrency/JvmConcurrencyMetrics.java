package io.quittance.concurrency;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * How the JVM and the operating system schedule our threads: virtual threads mounted and queued
 * (queued ones mean that carriers are short), context switches of the process, deadlocks found.
 *
 * @see VirtualThreadSchedulerMXBean
 */
public final class JvmConcurrencyMetrics implements MeterBinder {

  private static final Path TASKS = Path.of("/proc/self/task");

  @Override
  public void bindTo(MeterRegistry registry) {
    var scheduler = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    gauge(
        registry,
        "quittance.virtual.threads.mounted",
        "Virtual threads on a carrier",
        scheduler,
        VirtualThreadSchedulerMXBean::getMountedVirtualThreadCount);
    gauge(
        registry,
        "quittance.virtual.threads.queued",
        "Virtual threads that wait for a carrier",
        scheduler,
        VirtualThreadSchedulerMXBean::getQueuedVirtualThreadCount);
    gauge(
        registry,
        "quittance.carriers",
        "Carrier threads",
        scheduler,
        VirtualThreadSchedulerMXBean::getPoolSize);
    gauge(
        registry,
        "quittance.carriers.wanted",
        "Carriers wanted",
        scheduler,
        VirtualThreadSchedulerMXBean::getParallelism);
    gauge(
        registry,
        "quittance.threads.deadlocked",
        "Platform threads in a deadlock (must be 0)",
        ManagementFactory.getThreadMXBean(),
        JvmConcurrencyMetrics::deadlocked);
    if (Files.isDirectory(TASKS)) {
      contextSwitches(registry, "voluntary");
      contextSwitches(registry, "nonvoluntary");
    }
  }

  private static <B> void gauge(
      MeterRegistry registry, String name, String description, B bean, ToDoubleFunction<B> value) {
    Gauge.builder(name, bean, value).description(description).register(registry);
  }

  private static double deadlocked(ThreadMXBean threads) {
    long[] found = threads.findDeadlockedThreads();
    return found == null ? 0 : found.length;
  }

  private static void contextSwitches(MeterRegistry registry, String kind) {
    FunctionCounter.builder("quittance.context.switches", TASKS, tasks -> sum(tasks, kind))
        .description("Context switches of the threads that live now (proc(5), task/*/status)")
        .tag("kind", kind)
        .register(registry);
  }

  static double sum(Path tasks, String kind) {
    String key = kind + "_ctxt_switches:";
    double total = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        total += switches(thread.resolve("status"), key);
      }
      return total;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static double switches(Path status, String key) throws IOException {
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToDouble(line -> Double.parseDouble(line.substring(key.length()).strip()))
          .sum();
    } catch (NoSuchFileException | UncheckedIOException ended) {
      return 0;
    }
  }
}
