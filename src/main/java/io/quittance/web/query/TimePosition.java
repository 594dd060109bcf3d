package io.quittance.web.query;

import io.quittance.web.Problem;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/** The position where a page ended, in a list ordered by time and id. */
public record TimePosition(OffsetDateTime createdAt, UUID id) {

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws Problem {@code invalid_cursor}
   */
  public static TimePosition parse(String text) {
    int space = Math.max(0, text.indexOf(' '));
    try {
      return new TimePosition(
          QueryParameters.instant(text.substring(0, space)),
          UUID.fromString(text.substring(space + 1)));
    } catch (IllegalArgumentException e) {
      throw Problem.invalidCursor();
    }
  }

  public static String text(Instant createdAt, UUID id) {
    return createdAt + " " + id;
  }
}
