package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.payment.batch.item.BatchItem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The items that a run is to start, in slices that open one after the other. A slice opens in two
 * steps: {@link #begin} counts it as open, and {@link #open} hands its items to those that wait for
 * them. One thread opens slices; {@link #await} and {@link #close} are thread-safe.
 */
final class Slices {

  /**
   * Small, because after a crash all open items of a slice count as started, whether they were or
   * not, and fail if the caller waited for the batch.
   */
  static final int SIZE = 25;

  /**
   * The first slice is small: on a service that is cold, or whose screening hangs, all items would
   * miss their deadlines at once.
   */
  private static final int FIRST_SIZE = 4;

  /** A part of the items. Places count the items to start, positions those of the batch. */
  record Slice(int number, int firstPlace, int firstPosition, int lastPosition) {}

  private final List<Integer> todo;

  /** The items of each slice that are not started yet. */
  private final List<CompletableFuture<Map<Integer, BatchItem>>> items;

  private int opened;

  /**
   * @param todo the positions of the items to start, ascending
   */
  Slices(List<Integer> todo) {
    this.todo = todo;
    this.items =
        IntStream.range(0, todo.isEmpty() ? 0 : numberOf(todo.size() - 1) + 1)
            .mapToObj(_ -> new CompletableFuture<Map<Integer, BatchItem>>())
            .toList();
  }

  private static int numberOf(int place) {
    return place < FIRST_SIZE ? 0 : 1 + (place - FIRST_SIZE) / SIZE;
  }

  private static int startOf(int number) {
    return number == 0 ? 0 : FIRST_SIZE + (number - 1) * SIZE;
  }

  /** The slice to open next; null: all are open. */
  @Nullable Slice next() {
    if (opened == items.size()) {
      return null;
    }
    int from = startOf(opened);
    int last = Math.min(todo.size(), startOf(opened + 1)) - 1;
    return new Slice(opened, from, todo.get(from), todo.get(last));
  }

  /** Counts a slice as open from now on. */
  void begin(Slice slice) {
    opened = slice.number() + 1;
  }

  /** Hands out the items of a slice, by their positions. */
  void open(Slice slice, Map<Integer, BatchItem> begun) {
    items.get(slice.number()).complete(new ConcurrentHashMap<>(begun));
  }

  /** Whether the slice of this place counts as open. */
  boolean isOpen(int place) {
    return numberOf(place) < opened;
  }

  /**
   * Waits until the slice of this place opens, and takes its item; null: it may not start.
   *
   * @throws DeadlineExceededException the slice did not open in time
   */
  @Nullable BatchItem await(int place, Deadline deadline) throws InterruptedException {
    return deadline.await(items.get(numberOf(place))).remove(todo.get(place));
  }

  /** Opens no more slices: nobody waits any more, and no item of a closed one starts. */
  void close() {
    items.forEach(slice -> slice.complete(new ConcurrentHashMap<>()));
  }
}
