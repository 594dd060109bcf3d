package io.quittance.concurrency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fan-out and fan-in: maps a list in parallel, at most so many items at once, under one deadline.
 * Results come back in the order of the items; an item that fails does not stop the others, and one
 * that was not done in time says so. Thread-safe.
 */
public final class FanOut {

  /** Maps one item. */
  @FunctionalInterface
  public interface Mapper<T, R> {
    R map(T item, Deadline deadline) throws Exception;
  }

  /** What became of one item. */
  public sealed interface Result<R> {

    record Done<R>(R value) implements Result<R> {}

    record Failed<R>(Throwable error) implements Result<R> {}

    /**
     * The deadline passed first.
     *
     * @param begun whether the item's work had begun, and was interrupted
     */
    record Late<R>(boolean begun) implements Result<R> {}
  }

  private final DeadlineScopes scopes;

  public FanOut(DeadlineScopes scopes) {
    this.scopes = scopes;
  }

  /**
   * Maps every item.
   *
   * @param name the scope's name in the metrics
   * @param parallelism how many items are worked on at once, at most; 1 or more
   * @return one result per item, in the same order
   * @throws InterruptedException the caller was interrupted; all work was canceled
   */
  public <T, R> List<Result<R>> map(
      String name, List<T> items, int parallelism, Deadline deadline, Mapper<T, R> mapper)
      throws InterruptedException {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism must be positive, not " + parallelism);
    }
    List<Result<R>> results =
        Collections.synchronizedList(
            new ArrayList<>(Collections.nCopies(items.size(), new Result.Late<>(false))));
    var next = new AtomicInteger();
    try (DeadlineScope scope = scopes.open(name, deadline)) {
      for (int i = 0; i < Math.min(parallelism, items.size()); i++) {
        scope.fork(name, limit -> drain(items, next, results, limit, mapper));
      }
      scope.join();
    } catch (DeadlineExceededException late) {
      // What is not done says so itself, as Late.
      return List.copyOf(results);
    }
    return List.copyOf(results);
  }

  private static <T, R> Boolean drain(
      List<T> items,
      AtomicInteger next,
      List<Result<R>> results,
      Deadline deadline,
      Mapper<T, R> mapper)
      throws InterruptedException {
    for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
      if (deadline.expired()) {
        return false;
      }
      results.set(i, new Result.Late<>(true));
      try {
        results.set(i, new Result.Done<>(mapper.map(items.get(i), deadline)));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        if (!(deadline.expired() && Subtask.isCancellation(e))) {
          results.set(i, new Result.Failed<>(e));
        }
      }
    }
    return true;
  }
}
