package io.quittance.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.InvalidInputException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an API key may do. */
public enum Scope {
  PAYMENTS_READ,
  PAYMENTS_WRITE,
  LEDGER_READ,
  LEDGER_WRITE,
  WEBHOOKS_READ,
  WEBHOOKS_WRITE,
  FRAUD_READ,
  FRAUD_WRITE,
  KEYS_READ,
  KEYS_WRITE,
  AUDIT_READ,
  ANALYTICS_READ,
  ANALYTICS_WRITE;

  /** The version of the vocabulary of scopes that keys are stored with now. */
  public static final int VOCABULARY = 2;

  /** The scopes of vocabulary 1, in which {@code keys:write} read the audit log, too. */
  private static final Set<Scope> FIRST =
      EnumSet.complementOf(EnumSet.of(FRAUD_READ, KEYS_READ, AUDIT_READ, ANALYTICS_WRITE));

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ':');
  }

  @JsonCreator
  static Scope of(String text) {
    return InvalidInputException.oneOf(List.of(values()), Scope::text, text);
  }

  public static String join(Set<Scope> scopes) {
    return scopes.stream().map(Scope::text).collect(Collectors.joining(" "));
  }

  /**
   * The scopes of a stored key. A key of an earlier vocabulary keeps what it could do, and one with
   * all scopes keeps all. Scopes of newer versions are ignored.
   */
  public static Set<Scope> split(String text, int vocabulary) {
    var scopes = EnumSet.noneOf(Scope.class);
    List<String> names = List.of(text.split(" ", -1));
    Arrays.stream(values()).filter(scope -> names.contains(scope.text())).forEach(scopes::add);
    if (vocabulary < VOCABULARY && scopes.containsAll(FIRST)) {
      return EnumSet.allOf(Scope.class);
    }
    if (vocabulary < VOCABULARY && scopes.contains(KEYS_WRITE)) {
      scopes.add(AUDIT_READ);
    }
    return scopes;
  }

  /**
   * The stored text of these scopes, plus those of the other text that only newer versions know.
   */
  public static String join(Set<Scope> scopes, String stored) {
    Set<String> known = Arrays.stream(values()).map(Scope::text).collect(Collectors.toSet());
    return Stream.concat(
            scopes.stream().map(Scope::text),
            Arrays.stream(stored.split(" ", -1)).filter(name -> !known.contains(name)))
        .collect(Collectors.joining(" "));
  }

  /** Whether one of these is this scope, or includes it. */
  public boolean isIn(Set<Scope> scopes) {
    return scopes.contains(this)
        || (this == FRAUD_READ && scopes.contains(FRAUD_WRITE))
        || (this == KEYS_READ && scopes.contains(KEYS_WRITE));
  }
}
