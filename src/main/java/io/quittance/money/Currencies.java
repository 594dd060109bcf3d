package io.quittance.money;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The currencies of ISO 4217, from the project's own dated table ({@code money/iso-4217.txt}), so
 * that a new JDK does not change them.
 */
public final class Currencies {

  private static final String TABLE = "/money/iso-4217.txt";

  /**
   * One code.
   *
   * @param decimals 0 also for gold and the like, which count as whole units
   */
  private record Fact(String code, int decimals, boolean active) {

    static Fact parse(String line) {
      String[] words = line.split(" ", -1);
      int decimals = words[1].equals("-") ? 0 : Integer.parseInt(words[1]);
      return new Fact(words[0], decimals, words.length == 2);
    }
  }

  private static final Map<String, Fact> FACTS = read();

  private Currencies() {}

  private static Map<String, Fact> read() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Currencies.class.getResourceAsStream(TABLE)), UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Fact::parse)
          .collect(Collectors.toUnmodifiableMap(Fact::code, fact -> fact));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this is an alphabetic code, in upper case, that an account may have or have had. */
  public static boolean isCode(String text) {
    return FACTS.containsKey(text);
  }

  /** Whether new accounts may have it: not withdrawn, and not for tests. */
  public static boolean isActive(String code) {
    @Nullable Fact fact = FACTS.get(code);
    return fact != null && fact.active();
  }

  /** The codes that new accounts may have. */
  public static SortedSet<String> active() {
    return FACTS.values().stream()
        .filter(Fact::active)
        .map(Fact::code)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * How many decimals amounts of a currency have.
   *
   * @throws IllegalArgumentException when it {@link #isCode is no code}
   */
  public static int decimals(String code) {
    @Nullable Fact fact = FACTS.get(code);
    if (fact == null) {
      throw new IllegalArgumentException("not an ISO 4217 code: " + code);
    }
    return fact.decimals();
  }
}
