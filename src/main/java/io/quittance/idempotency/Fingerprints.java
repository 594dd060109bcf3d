package io.quittance.idempotency;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * SHA-256 of the canonical JSON of a request's body, in base64: fields by name, and only those that
 * were sent. A version that knows more fields computes the same. Thread-safe.
 *
 * <p>At first, fields that were not sent counted as nulls, so that a new field made every
 * repetition over an upgrade another request. Records of that form are still recognized. While
 * there may be some, that is for one {@code quittance.idempotency.retention} after the upgrade, a
 * field that is added to a body carries {@code @JsonInclude(NON_NULL)}.
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

  /** Of what was sent. */
  String of(Object body) {
    return sha256(sent, body);
  }

  /** As it was recorded at first. */
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
