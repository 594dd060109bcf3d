package io.quittance.web.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import io.quittance.web.log.CardNumbers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts of requests, including names in maps. Refuses card numbers, which must not be stored,
 * and unpaired surrogates and NUL, which the database cannot store.
 */
final class PlainText extends SimpleModule {

  private static final long serialVersionUID = 1L;

  PlainText() {
    addDeserializer(String.class, new OfValues());
    addKeyDeserializer(String.class, new OfNames());
  }

  private static String checked(String text, JsonParser parser) throws JsonMappingException {
    if (text.indexOf('\0') >= 0) {
      throw refused(parser, Code.INVALID_FORMAT, "must not contain NUL");
    }
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw refused(parser, Code.INVALID_FORMAT, "must not contain half of a surrogate pair");
    }
    if (CardNumbers.in(text)) {
      throw refused(parser, Code.NOT_ALLOWED, CardNumbers.RULE);
    }
    return text;
  }

  private static JsonMappingException refused(JsonParser parser, Code code, String rule) {
    return JsonMappingException.from(parser, rule, new InvalidInputException(code, rule));
  }

  private static final class OfValues extends StringDeserializer {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable String deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = super.deserialize(parser, context);
      return text == null ? null : checked(text, parser);
    }
  }

  private static final class OfNames extends KeyDeserializer {

    @Override
    public Object deserializeKey(String key, DeserializationContext context)
        throws JsonProcessingException {
      return checked(key, context.getParser());
    }
  }
}
