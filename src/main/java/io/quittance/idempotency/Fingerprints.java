package io.quittance.idempotency;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The SHA-256 of the canonical JSON of a request's body, in base64. Fields are sorted by name, and
 * only those that were sent are included, so a version with more fields computes the same.
 * Thread-safe.
 *
 * <p>In the former format, fields that were not sent counted as nulls, so every new field changed
 * the fingerprints. Records in that format are still recognized. While there may be some, which is
 * for one {@code quittance.idempotency.retention} after the upgrade, a field that is added to a
 * body needs {@code @JsonInclude(NON_NULL)}.
 */
final class Fingerprints {

  private final ObjectMapper sent;
  private final ObjectMapper withNulls;

  Fingerprints(ObjectMapper json) {
    this.withNulls =
        json.copy()
            .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
    this.sent =
        withNulls
            .copy()
            .setDefaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL));
  }

  /** The fingerprint of a body. */
  String of(Object body) {
    return sha256(sent, body);
  }

  /** The fingerprint in the former format. */
  String former(Object body) {
    return sha256(withNulls, body);
  }

  private static String sha256(ObjectMapper canonical, Object body) {
    try {
      byte[] hash = DigestUtils.sha256(canonical.writeValueAsBytes(body));
      return Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a body cannot be written as JSON", e);
    }
  }
}
