package io.quittance.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What an API key may do. */
public enum Scope {
  PAYMENTS_READ,
  PAYMENTS_WRITE,
  LEDGER_READ,
  LEDGER_WRITE,
  WEBHOOKS_READ,
  WEBHOOKS_WRITE,
  FRAUD_WRITE,
  KEYS_WRITE,
  ANALYTICS_READ;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ':');
  }

  @JsonCreator
  static Scope of(String text) {
    return Arrays.stream(values())
        .filter(scope -> scope.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no scope " + text));
  }

  static String join(Set<Scope> scopes) {
    return scopes.stream().map(Scope::text).collect(Collectors.joining(" "));
  }

  static Set<Scope> split(String text) {
    var scopes = EnumSet.noneOf(Scope.class);
    for (String scope : text.split(" ", -1)) {
      scopes.add(of(scope));
    }
    return scopes;
  }
}
