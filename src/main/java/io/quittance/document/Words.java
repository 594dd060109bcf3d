package io.quittance.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What no code says: descriptions of tags and fields, and examples of bodies. */
record Words(Properties descriptions, JsonNode examples) {

  static Words read(ObjectMapper json) {
    try (InputStream descriptions = resource("descriptions.properties");
        InputStream examples = resource("examples.json")) {
      var properties = new Properties();
      properties.load(new InputStreamReader(descriptions, StandardCharsets.UTF_8));
      return new Words(properties, json.readTree(examples));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(Words.class.getResourceAsStream("/document/" + name), name);
  }

  /** The description of a schema's property: its own, or that of all properties of this name. */
  @Nullable String ofProperty(String schema, String property) {
    String own = descriptions.getProperty(schema + "." + property);
    return own == null ? descriptions.getProperty(property) : own;
  }

  @Nullable String of(String key) {
    return descriptions.getProperty(key);
  }

  /** The example of a schema; null if there is none. */
  @Nullable JsonNode example(String schema) {
    return examples.get(schema);
  }
}
