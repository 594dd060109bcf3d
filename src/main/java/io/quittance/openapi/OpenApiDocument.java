package io.quittance.openapi;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.web.ProblemCode;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

/**
 * Completes the document that springdoc builds: describes each route, and in the end the schemas,
 * parameters and responses that routes share. springdoc calls it once, on one thread.
 */
@Component
class OpenApiDocument implements GlobalOperationCustomizer, OpenApiCustomizer {

  /** The prefix of the ids of each schema. */
  private static final Map<String, String> IDS =
      Map.of(
          "Payment", "pay",
          "Capture", "cap",
          "Refund", "ref",
          "Transfer", "trf",
          "ApiKey", "key",
          "FirstApiKey", "key",
          "WebhookEndpoint", "whe",
          "Event", "evt",
          "Delivery", "dlv",
          "Merchant", "mch");

  private final Schemas schemas;
  private final Parameters parameters = new Parameters();
  private final OperationDescriber operations;
  private final Descriptions descriptions;

  OpenApiDocument(ObjectMapper json) {
    this.schemas = new Schemas(json);
    this.operations = new OperationDescriber(schemas, parameters);
    this.descriptions = Descriptions.read(json);
  }

  @Override
  public Operation customize(Operation operation, HandlerMethod method) {
    return operations.describe(operation, method);
  }

  @Override
  public void customise(OpenAPI api) {
    var components = new Components();
    api.setComponents(components);
    schemas.named().forEach(components::addSchemas);
    components.getSchemas().forEach(this::finish);
    asked(api).forEach(name -> narrow(Objects.requireNonNull(schemas.named().get(name))));
    components.setParameters(new TreeMap<>(parameters.components()));
    Responses.addHeaders(components);
    operations.responses().addTo(components);
    components.addSecuritySchemes(
        OperationDescriber.KEY,
        bearer("A merchant's API key. Each operation names the scope it needs."));
    components.addSecuritySchemes(
        OperationDescriber.OPERATOR, bearer("The operator key, which manages merchants."));
    bodies(api).forEach(this::addExample);
    api.setTags(tags(api));
  }

  private static SecurityScheme bearer(String description) {
    return new SecurityScheme()
        .type(SecurityScheme.Type.HTTP)
        .scheme("bearer")
        .description(description);
  }

  private void finish(String name, Schema<?> schema) {
    schema.setDescription(described(name, schema));
    if (schema.getProperties() != null) {
      schema.getProperties().forEach((property, of) -> finish(name, property, of));
    }
  }

  /** The description of a schema, and of each of its values. */
  private @Nullable String described(String name, Schema<?> schema) {
    String what = descriptions.of(name);
    if (what == null && name.endsWith("Page")) {
      return "One page of a list.";
    }
    if (what == null || schema.getEnum() == null) {
      return what;
    }
    return schema.getEnum().stream()
        .map(value -> "\n- `%s`: %s".formatted(value, meaning(name, String.valueOf(value))))
        .collect(Collectors.joining("", what + "\n", ""));
  }

  private @Nullable String meaning(String name, String value) {
    return name.equals("ProblemCode")
        ? ProblemCode.find(value).orElseThrow().title()
        : descriptions.of(name + "." + value);
  }

  private void finish(String name, String property, Schema<?> schema) {
    schema.setDescription(descriptions.ofProperty(name, property));
    String prefix = property.equals("id") ? IDS.get(name) : Parameters.prefixOf(property);
    if (prefix != null && schema.getPattern() == null) {
      schema.setPattern(ValueSchemas.id(prefix).getPattern());
    }
  }

  /**
   * Adapts a schema for requests: nullable properties are optional, and unknown ones are forbidden.
   */
  private static void narrow(Schema<?> schema) {
    if (schema.getProperties() == null) {
      return;
    }
    schema.setAdditionalProperties(false);
    if (schema.getRequired() != null) {
      var needed = new ArrayList<>(schema.getRequired());
      needed.removeIf(name -> nullable(Objects.requireNonNull(schema.getProperties().get(name))));
      schema.setRequired(needed.isEmpty() ? null : needed);
    }
  }

  private static boolean nullable(Schema<?> schema) {
    return (schema.getTypes() != null && schema.getTypes().contains("null"))
        || (schema.getAnyOf() != null
            && schema.getAnyOf().stream().anyMatch(OpenApiDocument::nullable));
  }

  /** The names of the schemas that requests use. */
  private Set<String> asked(OpenAPI api) {
    Set<String> found = new HashSet<>();
    Deque<Schema<?>> open = new ArrayDeque<>();
    operations(api).stream()
        .filter(operation -> operation.getRequestBody() != null)
        .flatMap(operation -> operation.getRequestBody().getContent().values().stream())
        .forEach(media -> open.add(media.getSchema()));
    while (!open.isEmpty()) {
      Schema<?> schema = open.pop();
      String name = name(schema);
      if (name == null) {
        open.addAll(parts(schema));
      } else if (found.add(name)) {
        open.add(Objects.requireNonNull(schemas.named().get(name)));
      }
    }
    return found;
  }

  private static List<Schema<?>> parts(Schema<?> schema) {
    var parts = new ArrayList<Schema<?>>();
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(parts::add);
    }
    if (schema.getOneOf() != null) {
      schema.getOneOf().forEach(parts::add);
    }
    if (schema.getAnyOf() != null) {
      schema.getAnyOf().forEach(parts::add);
    }
    if (schema.getItems() != null) {
      parts.add(schema.getItems());
    }
    return parts;
  }

  private static @Nullable String name(Schema<?> schema) {
    String reference = schema.get$ref();
    return reference == null ? null : reference.substring(reference.lastIndexOf('/') + 1);
  }

  private static List<Operation> operations(OpenAPI api) {
    return api.getPaths().values().stream()
        .map(PathItem::readOperations)
        .flatMap(List::stream)
        .toList();
  }

  private static List<Content> bodies(OpenAPI api) {
    var bodies = new ArrayList<Content>();
    for (Operation operation : operations(api)) {
      if (operation.getRequestBody() != null) {
        bodies.add(operation.getRequestBody().getContent());
      }
      operation.getResponses().values().stream()
          .map(ApiResponse::getContent)
          .filter(Objects::nonNull)
          .forEach(bodies::add);
    }
    return bodies;
  }

  private void addExample(Content body) {
    body.values()
        .forEach(
            media -> {
              Object example = example(media.getSchema());
              if (example != null && media.getExamples() == null) {
                media.setExample(example);
              }
            });
  }

  private @Nullable Object example(Schema<?> schema) {
    String name = name(schema);
    if (name != null) {
      return descriptions.example(name);
    }
    Object item = schema.getItems() == null ? null : example(schema.getItems());
    return item == null ? null : List.of(item);
  }

  private List<Tag> tags(OpenAPI api) {
    var names = new TreeSet<>(descriptions.order());
    operations(api).forEach(operation -> names.addAll(operation.getTags()));
    return names.stream()
        .map(name -> new Tag().name(name).description(descriptions.of("tag." + name)))
        .toList();
  }
}
