package io.quittance.webhook.endpoint;

import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replaced secrets older than the previous one, whose overlap is not over, oldest first. Immutable.
 */
record EarlierSecrets(List<Replaced> secrets) {

  /** A secret that still signs, until then. */
  record Replaced(Sealed secret, Instant until) {

    private static Replaced parse(String text) {
      String[] parts = text.split(":", 3);
      return new Replaced(
          new Sealed(parts[0], Base64.getDecoder().decode(parts[1])),
          Instant.ofEpochMilli(Long.parseLong(parts[2])));
    }

    private String text() {
      return secret.keyId()
          + ':'
          + Base64.getEncoder().encodeToString(secret.bytes())
          + ':'
          + until.toEpochMilli();
    }
  }

  /** Reads what {@link #text()} wrote, and keeps the secrets that still sign at this instant. */
  static EarlierSecrets parse(@Nullable String text, Instant now) {
    return text == null
        ? new EarlierSecrets(List.of())
        : new EarlierSecrets(
            Arrays.stream(text.split(" ", -1))
                .map(Replaced::parse)
                .filter(replaced -> replaced.until().isAfter(now))
                .toList());
  }

  EarlierSecrets reseal(UnaryOperator<Sealed> again) {
    return new EarlierSecrets(
        secrets.stream()
            .map(replaced -> new Replaced(again.apply(replaced.secret()), replaced.until()))
            .toList());
  }

  /** As stored in a column: {@code KEY:SECRET:MILLISECOND}, separated by blanks; null: none. */
  @Nullable String text() {
    return secrets.isEmpty()
        ? null
        : secrets.stream().map(Replaced::text).collect(Collectors.joining(" "));
  }
}
