package io.quittance.openapi;

import io.quittance.ledger.AccountId;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.Function;

/** The schemas of single values, as parameters have them. */
final class ValueSchemas {

  private ValueSchemas() {}

  /** An account's id. */
  static Schema<?> account() {
    return text("^" + AccountId.PATTERN + "$");
  }

  /** An id with this prefix. */
  static Schema<?> id(String prefix) {
    return text("^" + prefix + "_[0-7][0-9a-hjkmnp-tv-z]{25}$");
  }

  /** A text of this form. */
  static Schema<?> text(String pattern) {
    return Schemas.schema("string").pattern(pattern);
  }

  /** A point in time. */
  static Schema<?> time() {
    return Schemas.schema("string").format("date-time");
  }

  /** A whole number. */
  static Schema<?> number(long min, long max) {
    return Schemas.schema("integer")
        .minimum(BigDecimal.valueOf(min))
        .maximum(BigDecimal.valueOf(max));
  }

  /** A text that is one of the texts of these constants. */
  static <E> Schema<?> texts(E[] constants, Function<E, String> text) {
    return oneOf(Arrays.stream(constants).map(text).toArray(String[]::new));
  }

  /** A text that is one of these values. */
  @SuppressWarnings("unchecked")
  static Schema<?> oneOf(String... values) {
    var schema = (Schema<Object>) Schemas.schema("string");
    for (String value : values) {
      schema.addEnumItemObject(value);
    }
    return schema;
  }
}
