package io.quittance.access;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The sender of a request, as far as its head shows.
 *
 * @param key the SHA-256 of the API key or token
 * @param party the merchant, or one of the constants
 */
public record RequestSender(ByteBuffer key, UUID party) {

  /** All senders whose key has not been valid recently, as one party. */
  public static final UUID UNKNOWN = new UUID(0, 0);

  public static final UUID OPERATOR = new UUID(0, 1);

  private static final RequestSender SOMEBODY = new RequestSender(ByteBuffer.allocate(0), UNKNOWN);

  /** An unknown sender. Unknown senders are one party, because one could pretend to be many. */
  public static RequestSender unknown() {
    return SOMEBODY;
  }

  public boolean isUnknown() {
    return party.equals(UNKNOWN);
  }

  public boolean isMerchant() {
    return !isUnknown() && !party.equals(OPERATOR);
  }
}
