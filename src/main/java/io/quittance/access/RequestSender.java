package io.quittance.access;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Who sends a request, as far as its head tells.
 *
 * @param key the SHA-256 of the API key or token
 * @param party the merchant, or one of the constants
 */
public record RequestSender(ByteBuffer key, UUID party) {

  /** All those together whose key has not been good lately. */
  public static final UUID UNKNOWN = new UUID(0, 0);

  public static final UUID OPERATOR = new UUID(0, 1);

  private static final RequestSender SOMEBODY = new RequestSender(ByteBuffer.allocate(0), UNKNOWN);

  /** One of the unknown, who are not told apart: each could pretend to be many. */
  public static RequestSender unknown() {
    return SOMEBODY;
  }

  public boolean isMerchant() {
    return !party.equals(UNKNOWN) && !party.equals(OPERATOR);
  }
}
