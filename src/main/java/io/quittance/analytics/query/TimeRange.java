package io.quittance.analytics.query;

/**
 * A time range in whole points or panes.
 *
 * @param from its first second, since 1970
 * @param to the first second after it
 */
public record TimeRange(long from, long to) {

  /** Whether a second is in the range. */
  public boolean contains(long second) {
    return second >= from && second < to;
  }
}
