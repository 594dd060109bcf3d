package io.quittance.web.query;

import io.quittance.web.InvalidInputException;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request for a page. A cursor holds the position that the page starts after and the list's
 * filters; it is refused with other filters than its own.
 *
 * @param limit rows on the page, 1 to 100
 * @param filters the list and its filters, in a form of the caller's choice without line breaks
 * @param after where the page before ended; empty for the first one
 */
public record PageRequest(int limit, String filters, Optional<String> after) {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 100;
  private static final int MAX_CURSOR_LENGTH = 4_000;

  public static PageRequest of(@Nullable String limit, @Nullable String cursor, String filters) {
    return new PageRequest(limit(limit), filters, position(cursor, filters));
  }

  /** As {@link #of(String, String, String)}, for a list that has no parameters but these two. */
  public static PageRequest of(HttpServletRequest request, String filters) {
    return QueryParameters.of(request, Set.of("limit", "cursor")).page(filters);
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    try {
      return (int) QueryParameters.number(text, 1, MAX_LIMIT);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
          "limit", InvalidInputException.codeOf(e), String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> position(@Nullable String cursor, String filters) {
    if (cursor == null) {
      return Optional.empty();
    }
    if (cursor.length() > MAX_CURSOR_LENGTH) {
      throw Problem.invalidCursor();
    }
    String[] parts = CursorSeal.open(cursor).orElseThrow(Problem::invalidCursor).split("\n", -1);
    if (parts.length != 2 || !parts[0].equals(filters) || parts[1].isEmpty()) {
      throw Problem.of(
          ProblemCode.INVALID_CURSOR,
          "`cursor` belongs to another list, or to other filters; send the same filters with it.");
    }
    return Optional.of(parts[1]);
  }

  /** Rows to read: one more than shown, to know whether there are more. */
  public int fetch() {
    return limit + 1;
  }

  /** The position as a number. */
  public Optional<Long> afterNumber() {
    try {
      return after.map(Long::valueOf);
    } catch (NumberFormatException e) {
      throw Problem.invalidCursor();
    }
  }

  /** The id that the page's rows are older than, in a list by id, newest first. */
  public UUID olderThan() {
    try {
      return after.map(UUID::fromString).orElse(TypeId.LAST);
    } catch (IllegalArgumentException e) {
      throw Problem.invalidCursor();
    }
  }

  String cursorAfter(String position) {
    return CursorSeal.seal(filters + '\n' + position);
  }
}
