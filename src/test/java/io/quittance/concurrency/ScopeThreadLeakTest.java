package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Looks for leaked threads where the JVM itself lists them: in a full thread dump. */
@Timeout(120)
class ScopeThreadLeakTest {

  private static final int SCOPES = 10_000;
  private static final int OWNERS = 100;
  private static final String NAME = "leak-check";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DeadlineScopes scopes = new DeadlineScopes(registry, Clock.systemUTC());

  @TempDir private Path dumps;

  @Test
  void tenThousandTimedOutScopesLeaveNoThread() throws Exception {
    try (ExecutorService owners = Executors.newFixedThreadPool(OWNERS)) {
      Callable<Integer> manyScopes =
          () -> {
            int timedOut = 0;
            for (int i = 0; i < SCOPES / OWNERS; i++) {
              timedOut += timesOut() ? 1 : 0;
            }
            return timedOut;
          };
      int timedOut = 0;
      for (Future<Integer> owner :
          owners.invokeAll(IntStream.range(0, OWNERS).mapToObj(_ -> manyScopes).toList())) {
        timedOut += owner.get();
      }
      assertThat(timedOut).isEqualTo(SCOPES);
    }

    assertThat(dumpedNames("after")).noneMatch(name -> name.startsWith(NAME));
    assertThat(counter("quittance.scope.deadline.missed")).isGreaterThanOrEqualTo(SCOPES);
    assertThat(counter("quittance.scope.orphans")).isZero();
    assertThat(registry.get("quittance.scope.live").gauge().value()).isZero();
    assertThat(registry.get("quittance.scope.subtasks.live").gauge().value()).isZero();
    var scheduler = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    await()
        .untilAsserted(
            () -> {
              assertThat(scheduler.getMountedVirtualThreadCount()).isZero();
              assertThat(scheduler.getQueuedVirtualThreadCount()).isZero();
            });
  }

  private boolean timesOut() throws InterruptedException {
    try (DeadlineScope scope = scopes.open(NAME, Deadline.after(Duration.ofMillis(1)))) {
      scope.fork(NAME, _ -> Waiting.forInterrupt());
      scope.fork(
          NAME, Duration.ofMinutes(1), _ -> Waiting.forInterrupt(), _ -> Waiting.forInterrupt());
      scope.fork(NAME, Duration.ofNanos(500_000), _ -> Waiting.forInterrupt(), _ -> "fallback");
      scope.fork(NAME, this::fanOut);
      scope.fork(NAME, _ -> cleanUp());
      scope.join();
      return false;
    } catch (DeadlineExceededException e) {
      return true;
    }
  }

  /** Items with a limit of their own, some of which never begin. */
  private boolean fanOut(Deadline deadline) throws InterruptedException {
    new FanOut(scopes)
        .over(NAME, List.of(1, 2, 3), 2, (_, _) -> Waiting.forInterrupt())
        .limit(Duration.ofNanos(300_000))
        .onResult((_, _) -> {})
        .run(deadline);
    return true;
  }

  private static boolean cleanUp() throws Exception {
    try {
      return Waiting.forInterrupt();
    } finally {
      Shield.call(NAME, Duration.ofMinutes(1), _ -> true);
    }
  }

  /** Shows that the test above would see a leak. */
  @Test
  void aDumpListsTheScopesAndThreadsThatAreOpen() throws Exception {
    var begun = new CountDownLatch(2);
    try (DeadlineScope scope = scopes.open(NAME, Deadline.after(Duration.ofHours(1)))) {
      DeadlineScope.Work<Boolean> hang =
          _ -> {
            begun.countDown();
            return Waiting.forInterrupt();
          };
      scope.fork("plain", hang);
      scope.fork(NAME + "-second", Duration.ofMinutes(1), hang, _ -> false);
      Waiting.forLatch(begun);

      assertThat(dumpedNames("open"))
          .contains(NAME + "-0", NAME + "-1", NAME + "-second-limited-0")
          .anyMatch(name -> name.matches(NAME + "/.*"))
          .anyMatch(name -> name.matches(NAME + "-second-limited/.*"));
    }
    assertThat(dumpedNames("closed")).noneMatch(name -> name.startsWith(NAME));
  }

  private double counter(String name) {
    return registry.get(name).tag("scope", NAME).counter().count();
  }

  /** The names of all threads and of all containers of threads, virtual ones included. */
  private List<String> dumpedNames(String dump) throws Exception {
    Path file = dumps.resolve(dump + ".json").toAbsolutePath();
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
    var names = new ArrayList<String>();
    JsonNode containers =
        new ObjectMapper().readTree(file.toFile()).at("/threadDump/threadContainers");
    for (JsonNode container : containers) {
      names.add(container.path("container").asText());
      container.path("threads").forEach(thread -> names.add(thread.path("name").asText()));
    }
    assertThat(names).contains("<root>", "main");
    return names;
  }
}
