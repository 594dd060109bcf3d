package io.quittance.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Remembers which merchant the keys, tokens and sessions belong to that were valid lately, by their
 * SHA-256, so that a request can be counted as its merchant's before its key is checked. Grants no
 * access: a key that has ended is remembered until it is next refused. Thread-safe.
 */
@Component
public final class KnownKeys {

  private static final Duration GOOD_LATELY = Duration.ofMinutes(10);

  private final Cache<ByteBuffer, UUID> parties;

  KnownKeys(AccessProperties properties) {
    this.parties =
        Caffeine.newBuilder()
            .maximumSize(properties.access().cacheSize())
            .expireAfterAccess(GOOD_LATELY)
            .build();
  }

  /**
   * The sender of a request.
   *
   * @param credential the credential of the request; null: none
   */
  public RequestSender sender(@Nullable Credential credential) {
    if (credential == null) {
      return RequestSender.unknown();
    }
    var key = ByteBuffer.wrap(credential.secret().hash());
    UUID party = parties.getIfPresent(key);
    return party == null ? RequestSender.unknown() : new RequestSender(key, party);
  }

  boolean contains(ByteBuffer key) {
    return parties.getIfPresent(key) != null;
  }

  void remember(ByteBuffer key, UUID party) {
    if (!party.equals(parties.getIfPresent(key))) {
      parties.put(key, party);
    }
  }

  void forget(ByteBuffer key) {
    parties.invalidate(key);
  }
}
