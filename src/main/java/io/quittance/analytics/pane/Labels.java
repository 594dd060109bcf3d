package io.quittance.analytics.pane;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labels of a pane: names and values as one text, which is the same for the same labels, so
 * that it is a key in the database. Names are sorted; {@code %}, {@code &} and {@code =} are
 * escaped. Immutable.
 */
public record Labels(String text) implements Comparable<Labels> {

  public static final Labels NONE = new Labels("");

  /** The value under which all values beyond the limit are counted. */
  public static final String OTHER = "other";

  /** Labels with these names and values. */
  public static Labels of(Map<String, String> values) {
    var text = new StringBuilder();
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              text.append(text.isEmpty() ? "" : "&");
              escape(name, text);
              text.append('=');
              escape(value, text);
            });
    return new Labels(text.toString());
  }

  private static void escape(String part, StringBuilder to) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      switch (c) {
        case '%' -> to.append("%25");
        case '&' -> to.append("%26");
        case '=' -> to.append("%3D");
        default -> to.append(c);
      }
    }
  }

  /** The names and values, by name. */
  public SortedMap<String, String> values() {
    var values = new TreeMap<String, String>();
    if (!text.isEmpty()) {
      for (String pair : text.split("&", -1)) {
        int middle = pair.indexOf('=');
        values.put(unescaped(pair.substring(0, middle)), unescaped(pair.substring(middle + 1)));
      }
    }
    return values;
  }

  private static String unescaped(String part) {
    return part.indexOf('%') < 0
        ? part
        : part.replace("%3D", "=").replace("%26", "&").replace("%25", "%");
  }

  @Override
  public int compareTo(Labels other) {
    return text.compareTo(other.text);
  }
}
