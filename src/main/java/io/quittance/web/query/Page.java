package io.quittance.web.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One page of a list, newest first. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Page<T>(List<T> data, boolean hasMore, @Nullable String nextCursor) {

  /**
   * Makes a page from rows that were read with {@link PageRequest#fetch()}.
   *
   * @param position what the next page starts after, from the last row of this one
   */
  public static <R, T> Page<T> of(
      List<R> rows, PageRequest request, Function<R, String> position, Function<R, T> body) {
    boolean more = rows.size() > request.limit();
    List<R> shown = more ? rows.subList(0, request.limit()) : rows;
    String next = more ? request.cursorAfter(position.apply(shown.getLast())) : null;
    return new Page<>(shown.stream().map(body).toList(), more, next);
  }
}
