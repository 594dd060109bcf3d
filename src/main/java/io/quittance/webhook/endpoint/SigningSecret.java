package io.quittance.webhook.endpoint;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that only a merchant's receiver and we know: 256 random bits that sign each delivery.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks, symmetric signatures</a>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SigningSecret(byte[] bytes) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 32;
  private static final String MAC = "HmacSHA256";

  public static SigningSecret random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new SigningSecret(bytes);
  }

  /** The secret as text, which the merchant sees once, when it is made. */
  public String text() {
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }

  /** The signature of {@code id.timestamp.body}, with its version. */
  public String sign(String id, Instant timestamp, byte[] body) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(bytes, MAC));
      mac.update((id + '.' + timestamp.getEpochSecond() + '.').getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + MAC, e);
    }
  }

  @Override
  public String toString() {
    return "SigningSecret[…]";
  }
}
