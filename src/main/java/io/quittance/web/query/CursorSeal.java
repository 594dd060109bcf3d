package io.quittance.web.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes opaque cursors: a version, a checksum, and the text encrypted under it. The key is in the
 * code, so that every replica and version opens them; it keeps no secret, and none is in a cursor.
 * The same text makes the same cursor.
 */
final class CursorSeal {

  private static final byte VERSION = 1;
  private static final int CHECKSUM_BYTES = 16;
  private static final byte[] KEY = "quittance cursor".getBytes(UTF_8);

  private CursorSeal() {}

  static String seal(String text) {
    byte[] plain = text.getBytes(UTF_8);
    byte[] checksum = checksum(plain);
    byte[] sealed =
        ByteBuffer.allocate(1 + CHECKSUM_BYTES + plain.length)
            .put(VERSION)
            .put(checksum)
            .put(crypt(Cipher.ENCRYPT_MODE, checksum, plain))
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /** The text of a cursor; empty if it was not made here, or has been changed. */
  static Optional<String> open(String cursor) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (sealed.length <= CHECKSUM_BYTES || sealed[0] != VERSION) {
      return Optional.empty();
    }
    byte[] checksum = Arrays.copyOfRange(sealed, 1, 1 + CHECKSUM_BYTES);
    byte[] plain =
        crypt(
            Cipher.DECRYPT_MODE,
            checksum,
            Arrays.copyOfRange(sealed, 1 + CHECKSUM_BYTES, sealed.length));
    String text = new String(plain, UTF_8);
    // Base64 can be written in several ways; only ours is a cursor.
    return MessageDigest.isEqual(checksum, checksum(plain)) && seal(text).equals(cursor)
        ? Optional.of(text)
        : Optional.empty();
  }

  private static byte[] checksum(byte[] plain) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
      return Arrays.copyOf(mac.doFinal(plain), CHECKSUM_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HmacSHA256", e);
    }
  }

  /** The checksum is the start of the key stream (as in RFC 5297), so no two texts share one. */
  private static byte[] crypt(int mode, byte[] checksum, byte[] bytes) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(mode, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(checksum));
      return cipher.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR", e);
    }
  }
}
