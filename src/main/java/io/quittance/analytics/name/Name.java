package io.quittance.analytics.name;

import io.quittance.analytics.pane.Labels;
import org.jspecify.annotations.Nullable;

/**
 * A type of event, a value of a label, or a payee, as panes have it. A name that is new to the
 * service is unassigned until it is either kept or counted as {@code other}. Assigned by one
 * thread, before others see it.
 */
public final class Name {

  /** The space of types of events. */
  public static final String TYPES = "type";

  /** The space of payees of payments. */
  public static final String PAYEES = "payee";

  /** The prefix of the space of a label's values; its key follows. */
  private static final String LABEL = "label:";

  private final String space;
  private final String text;
  private final int hash;
  private @Nullable Name assigned;

  Name(String space, String text) {
    this.space = space;
    this.text = text;
    this.hash = 31 * space.hashCode() + text.hashCode();
  }

  /** A name to be assigned. */
  public static Name unassigned(String space, String text) {
    return new Name(space, text);
  }

  public static Name other(String space) {
    return new Name(space, Labels.OTHER);
  }

  /** The space of the values of a label. */
  public static String labelSpace(String key) {
    return LABEL + key;
  }

  public static boolean isLabelSpace(String space) {
    return space.startsWith(LABEL);
  }

  /** The space of the name: the same text in another space is another name. */
  public String space() {
    return space;
  }

  /** The key of the label whose value this is. */
  public String labelKey() {
    return space.substring(LABEL.length());
  }

  public String text() {
    return text;
  }

  /** The name under which all names of this space are counted that are not kept. */
  public Name other() {
    return other(space);
  }

  public boolean isOther() {
    return text.equals(Labels.OTHER);
  }

  void assign(Name as) {
    assigned = as;
  }

  /** The name to count under. */
  public Name assigned() {
    return assigned == null ? this : assigned;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Name name
            && hash == name.hash
            && text.equals(name.text)
            && space.equals(name.space));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return space + "=" + text;
  }
}
