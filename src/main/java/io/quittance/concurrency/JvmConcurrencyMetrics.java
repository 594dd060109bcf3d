package io.quittance.concurrency;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
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
        "Carrier threads wanted",
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
    var switches = new ContextSwitches(TASKS, kind);
    // The registry keeps a strong reference to the function and a weak one to TASKS.
    FunctionCounter.builder("quittance.context.switches", TASKS, _ -> switches.count())
        .description("Context switches of threads (proc(5), task/*/status), up to the last look")
        .tag("kind", kind)
        .register(registry);
  }
}
