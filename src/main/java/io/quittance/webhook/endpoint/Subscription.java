package io.quittance.webhook.endpoint;

import io.quittance.payment.EventType;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Which types of events an endpoint takes, as stored: {@code *} for all, also future ones, or their
 * names with a blank before and after each.
 */
public record Subscription(String text) {

  static final String ALL = "*";

  /** Throws {@link IllegalArgumentException} if there is no such type. */
  public static Subscription of(Collection<String> types) {
    if (types.contains(ALL)) {
      return new Subscription(ALL);
    }
    types.forEach(EventType::from);
    return new Subscription(" " + String.join(" ", new TreeSet<>(types)) + " ");
  }

  public boolean takes(String type) {
    return text.equals(ALL) || text.contains(" " + type + " ");
  }

  public List<String> types() {
    return Arrays.asList(text.strip().split(" ", -1));
  }
}
