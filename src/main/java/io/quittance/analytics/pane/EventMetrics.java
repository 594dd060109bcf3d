package io.quittance.analytics.pane;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of interaction events, and the labels of their panes. Every event is in one pane of
 * {@link #EVENTS}, in one of {@link #ofLabel} for each of its labels, and in one of {@link
 * #SESSIONS} if it has a session.
 */
public final class EventMetrics {

  /**
   * Counts and amounts by {@code type}, {@code currency}, and, once its payment is known, {@code
   * payee} and {@code status}.
   */
  public static final String EVENTS = "events";

  /** Distinct sessions by {@code type}. */
  public static final String SESSIONS = "events.sessions";

  private EventMetrics() {}

  /**
   * Counts and amounts by {@code type}, {@code currency} (once its payment is known, that of the
   * payment, if the event has none) and the values of one label.
   */
  public static String ofLabel(String key) {
    return "events.label:" + key;
  }

  /** The name of a label among the labels of {@link #ofLabel}. */
  public static String labelName(String key) {
    return "label:" + key;
  }

  /**
   * The labels of a pane of {@link #EVENTS}; null where the event has no value, or it is unknown.
   */
  public static Labels labels(
      String type, @Nullable String currency, @Nullable String payee, @Nullable String status) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("type", type);
    put(values, "currency", currency);
    put(values, "payee", payee);
    put(values, "status", status);
    return Labels.of(values);
  }

  /** The labels of a pane of {@link #ofLabel}. */
  public static Labels labelsOfLabel(
      String type, @Nullable String currency, String key, String value) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("type", type);
    put(values, "currency", currency);
    values.put(labelName(key), value);
    return Labels.of(values);
  }

  private static void put(SortedMap<String, String> values, String name, @Nullable String value) {
    if (value != null) {
      values.put(name, value);
    }
  }
}
