package io.quittance.access;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * The text that a client sends as its key: {@code qt_} and 256 random bits; or as the token of a
 * session: {@code qs_} and as many. Never stored. Thread-safe.
 */
public final class Secret {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 32;
  private static final String BEARER = "Bearer ";

  private final String text;
  private volatile byte @Nullable [] hash;

  public Secret(String text) {
    this.text = text;
  }

  public static Secret random() {
    return random("qt_");
  }

  /** The token of a session. */
  static Secret randomSession() {
    return random("qs_");
  }

  private static Secret random(String prefix) {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * The secret after {@code Bearer} in a header {@code Authorization}; null: it has another form.
   */
  static @Nullable Secret ofBearer(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? new Secret(authorization.substring(BEARER.length()).strip())
        : null;
  }

  public String text() {
    return text;
  }

  /** SHA-256; callers must not modify the array. */
  public byte[] hash() {
    byte[] known = hash;
    if (known == null) {
      known = DigestUtils.sha256(text);
      hash = known;
    }
    return known;
  }

  /** Compares in constant time. */
  boolean sameAs(Secret other) {
    return MessageDigest.isEqual(hash(), other.hash());
  }

  @Override
  public String toString() {
    return "Secret[…]";
  }
}
