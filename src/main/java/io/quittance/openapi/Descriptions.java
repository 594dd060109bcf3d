package io.quittance.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Descriptions of tags and fields, and examples of bodies, from resource files. */
record Descriptions(Properties descriptions, JsonNode examples) {

  private static final String PAGE = "Page";

  static Descriptions read(ObjectMapper json) {
    try (InputStream descriptions = resource("descriptions.properties");
        InputStream examples = resource("examples.json")) {
      var properties = new Properties();
      properties.load(new InputStreamReader(descriptions, StandardCharsets.UTF_8));
      return new Descriptions(properties, json.readTree(examples));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(Descriptions.class.getResourceAsStream("/openapi/" + name), name);
  }

  /** The description of a schema's property; pages share theirs. */
  @Nullable String ofProperty(String schema, String property) {
    String own = descriptions.getProperty(schema + "." + property);
    return own == null && schema.endsWith(PAGE)
        ? descriptions.getProperty(PAGE + "." + property)
        : own;
  }

  /** Orders tags as listed; others come last, by name. */
  Comparator<String> order() {
    List<String> order = List.of(descriptions.getProperty("tags", "").split(",\\s*", -1));
    return Comparator.<String>comparingInt(
            tag -> order.contains(tag) ? order.indexOf(tag) : order.size())
        .thenComparing(Comparator.naturalOrder());
  }

  @Nullable String of(String key) {
    return descriptions.getProperty(key);
  }

  /**
   * The example of a schema; a page gets one from the example of its rows; null if there is none.
   */
  @Nullable JsonNode example(String schema) {
    JsonNode own = examples.get(schema);
    if (own != null || !schema.endsWith(PAGE)) {
      return own;
    }
    JsonNode row = examples.get(schema.substring(0, schema.length() - PAGE.length()));
    if (row == null) {
      return null;
    }
    ObjectNode page = JsonNodeFactory.instance.objectNode();
    page.putArray("data").add(row);
    page.put("has_more", false);
    page.putNull("next_cursor");
    return page;
  }
}
