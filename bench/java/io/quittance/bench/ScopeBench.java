package io.quittance.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.Subtask;
import io.quittance.concurrency.pool.WorkerPool;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a deadline scope with two subtasks costs, next to the ways of doing without it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "--enable-preview")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScopeBench {

  private static final Duration BUDGET = Duration.ofSeconds(2);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DeadlineScopes scopes = new DeadlineScopes(registry, Clock.systemUTC());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final WorkerPool<Integer, Integer> pool =
      WorkerPool.<Integer, Integer>named(
              "bench", jobs -> jobs.forEach(job -> job.succeed(job.item() + 1)))
          .maxBatch(512)
          .start(registry);

  private int input = 41;

  private int work() {
    return input + 1;
  }

  /** Two calls, no threads. */
  @Benchmark
  public int direct() {
    return work() + work();
  }

  /** Two virtual threads, no deadline, no cancellation. */
  @Benchmark
  public int twoFutures() {
    var one = CompletableFuture.supplyAsync(this::work, executor);
    var two = CompletableFuture.supplyAsync(this::work, executor);
    return one.join() + two.join();
  }

  /** The JDK's scope as it is. */
  @Benchmark
  public int structuredTaskScope() throws InterruptedException {
    try (var scope =
        StructuredTaskScope.open(
            Joiner.<Integer>awaitAllSuccessfulOrThrow(), config -> config.withTimeout(BUDGET))) {
      var one = scope.fork(this::work);
      var two = scope.fork(this::work);
      scope.join();
      return one.get() + two.get();
    }
  }

  /** Ours: with recorded outcomes, metrics and context. */
  @Benchmark
  public int deadlineScope() throws InterruptedException {
    try (DeadlineScope scope = scopes.open("bench", Deadline.after(BUDGET))) {
      Subtask<Integer> one = scope.fork("one", deadline -> work());
      Subtask<Integer> two = scope.fork("two", deadline -> work());
      scope.join();
      return one.result() + two.result();
    }
  }

  /** Ours, when one result ends the round and the other subtask is canceled: a decline. */
  @Benchmark
  public int deadlineScopeDecided() throws InterruptedException {
    try (DeadlineScope scope = scopes.open("bench", Deadline.after(BUDGET))) {
      scope.fork("waiting", deadline -> deadline.await(new CompletableFuture<Integer>()));
      Subtask<Integer> decisive = scope.fork("decisive", deadline -> work(), result -> true);
      scope.join();
      return decisive.result();
    }
  }

  /** Submit to a worker pool and await the result. */
  @Benchmark
  public int workerPool() throws InterruptedException {
    Deadline deadline = Deadline.after(BUDGET);
    return deadline.await(pool.submit(input, deadline));
  }

  /** JMH ends the JVM only when no thread of ours is left. */
  @TearDown
  public void close() {
    pool.close();
    executor.close();
  }
}
