package io.quittance.analytics.name;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of one body that are new to the service, each once. A space has no more than it keeps;
 * further names are {@code other}. Not thread-safe.
 */
public final class NewNames {

  private final Vocabulary.Limits limits;
  private final Map<String, Map<String, Name>> spaces = new HashMap<>();
  private final List<Name> all = new ArrayList<>();

  public NewNames(Vocabulary.Limits limits) {
    this.limits = limits;
  }

  public Name of(String space, String text) {
    Map<String, Name> names = spaces.get(space);
    if (names == null) {
      if (Name.isLabelSpace(space) && spaces.size() > Vocabulary.Limits.KEYS) {
        return Name.other(Name.labelSpace(Name.other("").text()));
      }
      names = new HashMap<>();
      spaces.put(space, names);
    }
    Name name = names.get(text);
    if (name == null) {
      if (names.size() >= limits.of(space)) {
        return Name.other(space);
      }
      name = Name.unassigned(space, text);
      names.put(text, name);
      all.add(name);
    }
    return name;
  }

  public List<Name> all() {
    return all;
  }
}
