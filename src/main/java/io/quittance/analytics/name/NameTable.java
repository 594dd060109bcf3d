package io.quittance.analytics.name;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The kept names of one space, found by their characters, without creating a string. Immutable. */
public final class NameTable {

  /** Secret, so that a client cannot make up names that all fall into one slot. */
  private static final long SEED = ThreadLocalRandom.current().nextLong();

  private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;

  private final String space;
  private final int limit;
  private final List<Name> names;
  private final @Nullable Name[] slots;
  private final Name other;

  /**
   * @param limit how many names are kept
   */
  NameTable(String space, int limit) {
    this(space, limit, List.of(), Name.other(space));
  }

  private NameTable(String space, int limit, List<Name> names, Name other) {
    this.space = space;
    this.limit = limit;
    this.names = names;
    this.other = other;
    this.slots = new Name[Integer.highestOneBit(Math.max(4, names.size())) * 4];
    for (Name name : names) {
      char[] text = name.text().toCharArray();
      int at = slot(text, 0, text.length);
      while (slots[at] != null) {
        at = next(at);
      }
      slots[at] = name;
    }
  }

  /** A table with more names, as far as there is room. */
  NameTable with(List<String> more) {
    var all = new ArrayList<>(names);
    for (String text : more) {
      if (all.size() < limit) {
        all.add(new Name(space, text));
      }
    }
    return new NameTable(space, limit, List.copyOf(all), other);
  }

  /**
   * The name with these characters; null: it is not kept, and there is room for it.
   *
   * @return {@code other} when there is no room
   */
  public @Nullable Name find(char[] text, int offset, int length) {
    int at = slot(text, offset, length);
    for (Name name = slots[at]; name != null; name = slots[at]) {
      if (is(name.text(), text, offset, length)) {
        return name;
      }
      at = next(at);
    }
    return full() ? other : null;
  }

  @Nullable Name find(String text) {
    return find(text.toCharArray(), 0, text.length());
  }

  boolean full() {
    return names.size() >= limit;
  }

  public Name other() {
    return other;
  }

  List<Name> names() {
    return names;
  }

  private int slot(char[] text, int offset, int length) {
    long hash = SEED;
    for (int i = offset; i < offset + length; i++) {
      hash = Long.rotateLeft((hash ^ text[i]) * FACTOR, 29);
    }
    return (int) (hash >>> 32) & slots.length - 1;
  }

  private int next(int slot) {
    return slot + 1 & slots.length - 1;
  }

  private static boolean is(String name, char[] text, int offset, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name.charAt(i) != text[offset + i]) {
        return false;
      }
    }
    return true;
  }
}
