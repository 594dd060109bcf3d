package io.quittance.analytics.name;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kept names of one merchant, by space. Immutable. */
public final class Vocabulary {

  /**
   * How many names are kept for a merchant.
   *
   * @param types of events
   * @param labelValues of each label, and payees
   */
  public record Limits(int types, int labelValues) {

    /** Labels, by key. */
    public static final int KEYS = 100;

    int of(String space) {
      return space.equals(Name.TYPES) ? types : labelValues;
    }
  }

  private final Limits limits;
  private final Map<String, NameTable> spaces;
  private final Map<String, NameTable> labels = new HashMap<>();
  private final NameTable types;
  private final NameTable otherLabel;

  public Vocabulary(Limits limits) {
    this(limits, Map.of());
  }

  private Vocabulary(Limits limits, Map<String, NameTable> spaces) {
    this.limits = limits;
    this.spaces = spaces;
    this.types = spaces.getOrDefault(Name.TYPES, new NameTable(Name.TYPES, limits.types()));
    this.otherLabel = new NameTable(Name.labelSpace(Name.other("").text()), 0);
    spaces.forEach(
        (space, table) -> {
          if (Name.isLabelSpace(space)) {
            labels.put(table.other().labelKey(), table);
          }
        });
  }

  /** A vocabulary with these stored names as well. */
  public Vocabulary with(Collection<Name> stored) {
    Map<String, List<String>> bySpace = new TreeMap<>();
    for (Name name : stored) {
      bySpace.computeIfAbsent(name.space(), _ -> new ArrayList<>()).add(name.text());
    }
    var all = new HashMap<>(spaces);
    bySpace.forEach(
        (space, texts) ->
            all.merge(
                space,
                new NameTable(space, limits.of(space)).with(texts),
                (before, _) -> before.with(texts)));
    return new Vocabulary(limits, all);
  }

  /** The names among these that are not kept yet and for which there is room. */
  public List<Name> admissible(Collection<Name> names) {
    var found = new ArrayList<Name>();
    Map<String, Integer> room = new HashMap<>();
    int keys = labels.size();
    for (Name name : new LinkedHashSet<>(names)) {
      NameTable table = spaces.get(name.space());
      boolean newKey =
          table == null && Name.isLabelSpace(name.space()) && !room.containsKey(name.space());
      if (newKey && keys >= Limits.KEYS) {
        continue;
      }
      if (table == null || table.find(name.text()) == null) {
        keys += newKey ? 1 : 0;
        int kept = table == null ? 0 : table.names().size();
        int left = room.getOrDefault(name.space(), limits.of(name.space()) - kept);
        if (left > 0) {
          found.add(name);
        }
        room.put(name.space(), left - 1);
      }
    }
    return found;
  }

  /** Assigns names: those that are not kept become {@code other}. */
  public void assign(Collection<Name> names) {
    for (Name name : names) {
      NameTable table = spaces.get(name.space());
      if (table == null) {
        name.assign(
            Name.isLabelSpace(name.space()) ? otherLabel.other() : Name.other(name.space()));
      } else {
        Name kept = table.find(name.text());
        name.assign(kept == null ? table.other() : kept);
      }
    }
  }

  /** The type with these characters; null: it is not kept, and there is room for it. */
  public @Nullable Name type(char[] text, int offset, int length) {
    return types.find(text, offset, length);
  }

  /** The values of a label; null: the label is not kept, and there is room for it. */
  public @Nullable NameTable label(String key) {
    NameTable table = labels.get(key);
    return table == null && labels.size() >= Limits.KEYS ? otherLabel : table;
  }

  /** The payee of a payment; null: it is not kept, and there is room for it. */
  public @Nullable Name payee(String account) {
    NameTable table = spaces.get(Name.PAYEES);
    return table == null ? null : table.find(account);
  }

  public Name otherType() {
    return types.other();
  }

  /** The values of all labels that are not kept. */
  public NameTable otherLabel() {
    return otherLabel;
  }

  /** How many names there are. */
  int size() {
    return spaces.values().stream().mapToInt(table -> table.names().size()).sum();
  }

  public Limits limits() {
    return limits;
  }
}
