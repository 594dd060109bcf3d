package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The API's document as its readers have it: what routes there are, and what they answer. */
final class OpenApi {

  private static final Map<URI, OpenApi> READ = new ConcurrentHashMap<>();

  private final JsonNode root;
  private final List<Route> routes;
  private final ObjectNode strict;
  private final Map<String, JsonSchema> schemas = new ConcurrentHashMap<>();

  OpenApi(JsonNode root) {
    this.root = root;
    this.routes = routes(root);
    this.strict = root.path("components").deepCopy();
    strict.path("schemas").forEach(OpenApi::close);
  }

  /** Nothing may be there that is not described. */
  private static void close(JsonNode schema) {
    if (schema.has("properties") && !schema.has("additionalProperties")) {
      ((ObjectNode) schema).put("additionalProperties", false);
    }
  }

  /** The document of a service; read once. */
  static OpenApi of(URI service) {
    return READ.computeIfAbsent(service.resolve("/"), OpenApi::read);
  }

  private static OpenApi read(URI service) {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(service.resolve("/v3/api-docs")).build();
      return new OpenApi(Json.parse(http.send(request, BodyHandlers.ofString()).body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  JsonNode root() {
    return root;
  }

  /** One operation on one path. */
  record Route(String method, String path, JsonNode says, JsonNode root) {

    List<JsonNode> parameters(String in) {
      var found = new ArrayList<JsonNode>();
      for (JsonNode parameter : says.path("parameters")) {
        JsonNode resolved = resolved(parameter);
        if (resolved.path("in").asText().equals(in)) {
          found.add(resolved);
        }
      }
      return found;
    }

    private JsonNode resolved(JsonNode node) {
      return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** The scope that it needs; empty if it does not take a merchant's key. */
    Optional<String> scope() {
      JsonNode scopes = says.at("/security/0/apiKey");
      return scopes.isMissingNode() ? Optional.empty() : Optional.of(scopes.path(0).asText());
    }

    boolean open() {
      return says.path("security").isEmpty();
    }

    /** Whether its answer has no end. */
    boolean streams() {
      return says.at("/responses/200/content").has("text/event-stream");
    }

    boolean answers(int status) {
      return says.path("responses").has(Integer.toString(status));
    }

    boolean takesAnId() {
      return !parameters("path").isEmpty();
    }

    /** What ids the path takes: their prefix, or {@code account}. */
    String kind() {
      String example = parameters("path").getFirst().path("example").asText("account");
      return example.contains("_") ? example.substring(0, 3) : "account";
    }

    String at(String id) {
      return path.replaceFirst("\\{\\w+}", id);
    }

    /** A body as the document shows it, if it takes one. */
    Optional<JsonNode> body() {
      JsonNode json = says.at("/requestBody/content/application~1json");
      if (json.isMissingNode()) {
        return Optional.empty();
      }
      assertThat(json.has("example")).as("an example of the body of %s", this).isTrue();
      return Optional.of(json.path("example"));
    }

    /** A request as the document shows it. */
    Call call(Client client, String id) {
      var query = new StringBuilder();
      for (JsonNode parameter : parameters("query")) {
        if (parameter.path("required").asBoolean()) {
          query.append(query.isEmpty() ? '?' : '&').append(example(parameter));
        }
      }
      return call(client, id, query.toString());
    }

    Call call(Client client, String id, String query) {
      Call call = client.call(method, at(id) + query).randomKey();
      body().ifPresent(call::body);
      return call;
    }

    /** A value that this parameter may have. */
    String example(JsonNode parameter) {
      JsonNode schema = resolved(parameter.path("schema"));
      String value =
          parameter
              .path("example")
              .asText(
                  schema
                      .path("example")
                      .asText(schema.path("default").asText(schema.at("/enum/0").asText())));
      return parameter.path("name").asText() + "=" + value;
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  List<Route> routes() {
    return routes;
  }

  private static List<Route> routes(JsonNode root) {
    var routes = new ArrayList<Route>();
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation ->
                            routes.add(
                                new Route(
                                    operation.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    operation.getValue(),
                                    root))));
    assertThat(routes).hasSizeGreaterThan(30);
    return routes;
  }

  /** The schema of a route's body. */
  JsonNode schema(Route route) {
    return resolved(route.says().at("/requestBody/content/application~1json/schema"));
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
  }

  /**
   * The route that a request is for, the most literal one first; empty if there is none, as for any
   * path with a semicolon.
   */
  private Optional<Route> route(String method, String path) {
    if (path.toUpperCase(Locale.ROOT).matches(".*(;|%3B).*")) {
      return Optional.empty();
    }
    return routes().stream()
        .filter(route -> route.method().equals(method))
        .filter(route -> Pattern.matches(route.path().replaceAll("\\{\\w+}", "[^/]+"), path))
        .min(java.util.Comparator.comparing(route -> route.path().contains("{")));
  }

  /** Checks that the document foretells this answer: its status, its code, and its body. */
  void foretells(String method, URI uri, Answer answer) {
    Optional<Route> found = route(method, uri.getRawPath());
    String type = answer.header("Content-Type").orElse("");
    if (found.isEmpty() || type.startsWith("text/html")) {
      return;
    }
    Route route = found.get();
    JsonNode response = resolved(route.says().path("responses").path("" + answer.status()));
    assertThat(response.isMissingNode()).as("%s may answer %s", route, answer).isFalse();
    JsonNode content = response.path("content");
    if (content.isMissingNode()) {
      assertThat(answer.text()).as("the empty answer of %s", route).isEmpty();
      return;
    }
    String media = type.replaceFirst(";.*", "");
    assertThat(content.has(media)).as("%s may answer in %s", route, media).isTrue();
    if (media.endsWith("json")) {
      conforms(answer.body(), content.path(media).path("schema"), route + " " + answer);
    }
    JsonNode codes = response.path("x-problem-codes");
    if (!codes.isMissingNode()) {
      assertThat(Json.texts(codes)).as("the codes of %s", route).contains(answer.code());
    }
    assertThat(response.path("headers").has("X-Request-Id")).isTrue();
  }

  /** Checks that a body is as this schema of the document says, and nothing more. */
  void conforms(JsonNode body, JsonNode schema, String what) {
    JsonSchema compiled = schemas.computeIfAbsent(schema.toString(), key -> compile(schema));
    assertThat(compiled.validate(body.toString(), InputFormat.JSON)).as(what).isEmpty();
  }

  private JsonSchema compile(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    whole.set("components", strict);
    var config = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(whole, config);
  }
}
