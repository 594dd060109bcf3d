package io.quittance.identity;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.TypeId;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a change, for the audit trail.
 *
 * @param id the key's id, or the subject of a token; null: there is only one of the type
 */
public record Actor(Type type, @Nullable String id) {

  /** The kind of an actor. */
  public enum Type {
    KEY,
    TOKEN,
    OPERATOR,
    SYSTEM;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Type from(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  public static Actor key(UUID id) {
    return new Actor(Type.KEY, TypeId.format("key", id));
  }

  public static Actor token(String subject) {
    return new Actor(Type.TOKEN, subject);
  }

  public static Actor operator() {
    return new Actor(Type.OPERATOR, null);
  }
}
