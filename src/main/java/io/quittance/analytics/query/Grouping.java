package io.quittance.analytics.query;

import io.quittance.web.InputError.Code;
import io.quittance.web.query.QueryParameters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The labels that the points of a series have in common. Amounts of different currencies are never
 * added up.
 *
 * @param names of the labels
 */
record Grouping(List<String> names) {

  static final String TYPE = "type";
  static final String LABEL = "label:";

  private static final String PARAMETER = "group_by";
  private static final Set<String> ALL = Set.of(TYPE, "currency", "payee", "status", "reason");
  private static final Set<String> GOES_WITH_LABEL = Set.of(TYPE, "currency");
  private static final int KEY_LENGTH_MAX = 64;

  /** Reads {@code group_by}, and notes errors in the query. */
  static Grouping of(QueryParameters query, Metric metric) {
    String text = query.text(PARAMETER);
    List<String> asked = text == null ? List.of() : List.of(text.split(",", -1));
    asked.forEach(name -> check(name, metric, query));
    if (asked.stream().anyMatch(Grouping::isLabel)
        && !GOES_WITH_LABEL.containsAll(without(asked))) {
      query.reject(
          PARAMETER,
          Code.NOT_ALLOWED,
          "may have one label:KEY, and beside it only type and currency");
    }
    if (new HashSet<>(asked).size() < asked.size()) {
      query.reject(PARAMETER, Code.REPEATED, "must not contain a name twice");
    }
    var names = new ArrayList<>(asked);
    if (metric.isMoney() && !names.contains("currency")) {
      names.add("currency");
    }
    return new Grouping(names);
  }

  private static void check(String name, Metric metric, QueryParameters query) {
    if (!isLabel(name) && !ALL.contains(name)) {
      query.reject(
          PARAMETER,
          Code.NOT_ONE_OF,
          "must be a list of %s and label:KEY, comma-separated"
              .formatted(String.join(", ", new TreeSet<>(ALL))));
    } else if (isLabel(name) ? !metric.hasLabels() : !metric.groups().contains(name)) {
      query.reject(
          PARAMETER,
          Code.NOT_ALLOWED,
          "may contain only %s for the metric %s"
              .formatted(String.join(", ", new TreeSet<>(metric.groups())), metric.text()));
    }
  }

  private static boolean isLabel(String name) {
    return name.startsWith(LABEL)
        && name.length() > LABEL.length()
        && name.length() <= LABEL.length() + KEY_LENGTH_MAX;
  }

  /** The names without the first label. */
  private static List<String> without(List<String> names) {
    var others = new ArrayList<>(names);
    names.stream().filter(Grouping::isLabel).findFirst().ifPresent(others::remove);
    return others;
  }

  /** The key of the event label among the names, if there is one. */
  Optional<String> label() {
    return names.stream()
        .filter(Grouping::isLabel)
        .map(name -> name.substring(LABEL.length()))
        .findFirst();
  }

  /** The labels of the series that a pane belongs to, without those that the pane does not have. */
  SortedMap<String, String> of(Map<String, String> labels) {
    var group = new TreeMap<String, String>();
    for (String name : names) {
      String value = labels.get(name);
      if (value != null) {
        group.put(name, value);
      }
    }
    return group;
  }
}
