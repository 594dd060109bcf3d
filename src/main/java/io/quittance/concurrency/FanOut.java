package io.quittance.concurrency;

import java.util.List;

/**
 * Fan-out and fan-in: maps a list in parallel, at most so many items at once, under one deadline.
 * Results come back in the order of the items, or as they come ({@link FanOutRun#onResult}). An
 * item that fails does not stop the others, unless that is asked for. Thread-safe.
 */
public final class FanOut {

  /** Maps one item. It runs on a virtual thread, and is canceled by interrupt. */
  @FunctionalInterface
  public interface Mapper<T, R> {

    /**
     * @param deadline the item's own: its limit, within the deadline of all
     */
    R map(T item, Deadline deadline) throws Exception;
  }

  /** The result of one item. */
  public sealed interface Result<R> {

    record Done<R>(R value) implements Result<R> {}

    /** The work ended by itself, with an error. */
    record Failed<R>(Throwable error) implements Result<R> {}

    /** The work had started and was interrupted; its progress is unknown. */
    record Cut<R>(Cancellation why) implements Result<R> {}

    /** The work has certainly not started, and never will. */
    record NotBegun<R>() implements Result<R> {}
  }

  /**
   * How far a fan-out has come. What has ended is {@code done + failed + cut}.
   *
   * @param begun items whose work has begun, ended ones included
   */
  public record Progress(int total, int begun, int done, int failed, int cut) {

    /** Items whose work has begun and not ended. */
    public int underWay() {
      return begun - done - failed - cut;
    }

    /** Items whose work has not begun; it may still. */
    public int notBegun() {
      return total - begun;
    }
  }

  private final DeadlineScopes scopes;

  public FanOut(DeadlineScopes scopes) {
    this.scopes = scopes;
  }

  /**
   * Maps every item, and goes on after failures.
   *
   * @param name the scope's name in the metrics
   * @param parallelism how many items are worked on at once, at most; 1 or more
   * @return one result per item, in the same order
   * @throws InterruptedException the caller was interrupted; all work was canceled
   */
  public <T, R> List<Result<R>> map(
      String name, List<T> items, int parallelism, Deadline deadline, Mapper<T, R> mapper)
      throws InterruptedException {
    return over(name, items, parallelism, mapper).run(deadline);
  }

  /**
   * A fan-out that is to be configured further, and then run.
   *
   * @param name the scope's name in the metrics
   * @param parallelism how many items are worked on at once, at most; 1 or more
   */
  public <T, R> FanOutRun<T, R> over(
      String name, List<T> items, int parallelism, Mapper<T, R> mapper) {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism must be positive, not " + parallelism);
    }
    return new FanOutRun<>(scopes, name, items, parallelism, mapper);
  }
}
