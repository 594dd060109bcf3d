package io.quittance.database;

import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Work on several items, where the failure of one must not affect the others. */
public final class OneByOne {

  private OneByOne() {}

  /**
   * Does the work for each item, even after a failure.
   *
   * @throws RuntimeException the first failure, with the others suppressed in it
   */
  public static <T> void forEach(Collection<T> items, Consumer<? super T> work) {
    @Nullable RuntimeException first = null;
    for (T item : items) {
      try {
        work.accept(item);
      } catch (RuntimeException e) {
        first = first(first, e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static RuntimeException first(@Nullable RuntimeException first, RuntimeException next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }
}
