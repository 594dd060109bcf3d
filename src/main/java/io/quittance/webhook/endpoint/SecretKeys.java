package io.quittance.webhook.endpoint;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.webhook.WebhookProperties;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

/**
 * Seals signing secrets with a key from the configuration (AES-256 in Galois/Counter Mode, NIST SP
 * 800-38D), so that the database alone reveals none of them. Secrets sealed with earlier keys can
 * be opened while those keys are configured. Thread-safe.
 */
@Component
public final class SecretKeys {

  /** A sealed secret and the id of the key that opens it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sealed(String keyId, byte[] bytes) {}

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_ID_BYTES = 6;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
  private final @Nullable String currentId;

  SecretKeys(WebhookProperties properties, Environment environment) {
    byte[] configured = properties.secretKeyBytes();
    if (configured == null && !environment.acceptsProfiles(Profiles.of("production"))) {
      // The database of a sandbox ends with the process, and so may its key.
      configured = SigningSecret.random().bytes();
    }
    currentId = configured == null ? null : add(configured);
    properties.previousSecretKeyBytes().forEach(this::add);
  }

  private String add(byte[] key) {
    String id = id(key);
    keys.put(id, new SecretKeySpec(key, "AES"));
    return id;
  }

  private static String id(byte[] key) {
    return HexFormat.of().formatHex(DigestUtils.sha256(key), 0, KEY_ID_BYTES);
  }

  /**
   * The id of the key that seals.
   *
   * @throws Problem there is none, so there are no webhooks
   */
  public String currentId() {
    if (currentId == null) {
      throw Problem.of(
          ProblemCode.DEPENDENCY_UNAVAILABLE,
          "Webhooks are off: the operator has to set quittance.notification.secret-key"
              + " (QUITTANCE_NOTIFICATION_SECRET_KEY), base64 of 32 random bytes.");
    }
    return currentId;
  }

  public boolean available() {
    return currentId != null;
  }

  /** Seals the secret of this endpoint with the current key. */
  public Sealed seal(UUID endpointId, SigningSecret secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    String keyId = currentId();
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, keyId, endpointId, nonce, secret.bytes(), 0);
    return new Sealed(
        keyId, ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array());
  }

  /**
   * Opens what was sealed for this endpoint.
   *
   * @throws IllegalStateException the key is not configured any more, or the bytes were changed
   */
  public SigningSecret open(UUID endpointId, Sealed sealed) {
    byte[] nonce = Arrays.copyOf(sealed.bytes(), NONCE_BYTES);
    return new SigningSecret(
        crypt(Cipher.DECRYPT_MODE, sealed.keyId(), endpointId, nonce, sealed.bytes(), NONCE_BYTES));
  }

  private byte[] crypt(
      int mode, String keyId, UUID endpointId, byte[] nonce, byte[] text, int offset) {
    SecretKeySpec key = keys.get(keyId);
    if (key == null) {
      throw new IllegalStateException("no key with the id " + keyId + " is configured");
    }
    try {
      var cipher = Cipher.getInstance(CIPHER);
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(bytes(endpointId));
      return Objects.requireNonNull(cipher.doFinal(text, offset, text.length - offset));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the secret of endpoint " + endpointId + " is unusable", e);
    }
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }
}
