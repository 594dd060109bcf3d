package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.contract.OpenApi.Route;
import io.swagger.v3.parser.OpenAPIV3Parser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The API's document, walked route by route: whatever it lists keeps strangers out, and it lists
 * whatever there is. A new route is walked without a change here.
 */
abstract class DocumentContract extends Contract {

  private static final String ACCOUNT = "hidden";
  private static final String NOBODYS = "_01jd0000000000000000000000";

  /** What the container, springdoc and pages for people answer. */
  private static final String OTHERS = "/|/console.*|/error|/v3/api-docs.*|/swagger-ui.*";

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  private final Map<String, String> ids = new HashMap<>();
  private OpenApi document;

  @BeforeEach
  void ownOneOfEach() {
    document = OpenApi.of(merchant.service());
    merchant.open(ACCOUNT);
    ids.put("account", ACCOUNT);
    ids.put("trf", merchant.transfer(move(7, "alice", "shop")).send().is(201).id());
    ids.put("pay", merchant.pay(1, "alice", "shop").is(201).id());
    String held = merchant.authorize(2, "alice", "shop");
    ids.put("cap", merchant.capture(held).is(201).id());
    ids.put("ref", merchant.refund(held).is(201).id());
    ids.put("evt", merchant.events(ids.get("pay")).getFirst().path("id").asText());
    merchant.open("batched");
    ids.put("bat", batch());
    ids.put("key", merchant.get("/v1/api-keys").is(200).text("/data/0/id"));
    ids.put("mch", merchant.merchantId());
    ids.put("whe", merchant.post("/v1/webhook-endpoints", endpoint()).is(201).id());
  }

  private String batch() {
    ObjectNode payment = Client.order(1, "alice", "batched").put("reference", "first");
    return merchant
        .call("POST", "/v1/payment-batches")
        .randomKey()
        .body(object("payments", array(payment)))
        .send()
        .is(201)
        .id();
  }

  private static ObjectNode endpoint() {
    return object("url", "https://shop.example/hooks", "events", array("*"));
  }

  private Stream<Route> merchants() {
    return document.routes().stream().filter(route -> route.scope().isPresent());
  }

  /** The id of the merchant's own object that a route is about; anything where it takes none. */
  private String own(Route route) {
    if (!route.takesAnId()) {
      return "";
    }
    assertThat(ids).as("an object for %s", route).containsKey(route.kind());
    return ids.get(route.kind());
  }

  private static String nobodys(Route route) {
    return !route.takesAnId() || route.kind().equals("account")
        ? "nobodys"
        : route.kind() + NOBODYS;
  }

  @Test
  void everyRouteHidesTheObjectsOfOthers() {
    Client stranger = newMerchant();
    merchants()
        .filter(route -> route.takesAnId() && route.answers(404))
        .forEach(
            route -> {
              Answer answer = route.call(stranger, own(route)).send().isProblem(404, "not_found");
              Answer nothing = route.call(stranger, nobodys(route)).send();
              assertThat(anonymised(answer)).as("%s", route).isEqualTo(anonymised(nothing));
            });
    // What is left makes an object of the caller's own, under a name that others may use too.
    merchants()
        .filter(route -> route.takesAnId() && !route.answers(404))
        .forEach(route -> route.call(stranger, own(route)).send().is(201));
    assertThat(merchant.balance("shop", "posted")).isEqualTo(8);
    merchant.get("/v1/webhook-endpoints/" + ids.get("whe")).is(200);
  }

  private static ObjectNode anonymised(Answer answer) {
    return ((ObjectNode) answer.body()).without(List.of("instance", "request_id"));
  }

  @Test
  void everyRouteNeedsItsScope() {
    List<String> all = scopes();
    Map<String, Client> without = new HashMap<>();
    for (String scope : all) {
      var others = new ArrayList<>(all);
      others.remove(scope);
      others.removeIf(other -> includes(other, scope));
      without.put(scope, limitedTo(merchant, others.toArray(String[]::new)));
    }
    merchants()
        .forEach(
            route ->
                route
                    .call(without.get(route.scope().orElseThrow()), own(route))
                    .send()
                    .isProblem(403, "insufficient_scope")
                    .movedNothing());
    assertThat(merchant.balance("shop", "posted")).isEqualTo(8);
    merchant.get("/v1/webhook-endpoints/" + ids.get("whe")).is(200);
  }

  /** The scopes whose writing includes their reading. */
  private static boolean includes(String scope, String other) {
    return Set.of("fraud:write", "keys:write").contains(scope)
        && other.equals(scope.replace("write", "read"));
  }

  @Test
  void everyRouteIsContentWithItsScope() {
    Map<String, Client> limited = new HashMap<>();
    merchants()
        .filter(route -> !route.streams())
        .forEach(
            route -> {
              String scope = route.scope().orElseThrow();
              Client client = limited.computeIfAbsent(scope, only -> limitedTo(merchant, only));
              Answer answer = route.call(client, nobodys(route)).send();
              assertThat(answer.status()).as("%s: %s", route, answer).isNotIn(401, 500);
              // A key that makes others hands out no scope that it lacks: that is another refusal.
              assertThat(answer.text()).as("%s", route).doesNotContain("lack the required scope");
            });
  }

  private List<String> scopes() {
    return Json.texts(document.root().at("/components/schemas/Scope/enum"));
  }

  @Test
  void noRouteIsOpenToAnybody() {
    for (Route route : document.routes()) {
      if (route.open()) {
        assertThat(route.path()).startsWith("/sandbox/");
        continue;
      }
      for (Client client : List.of(merchant.anonymous(), merchant.with("qt_live_nonsense"))) {
        Answer answer = route.call(client, own(route)).send();
        answer.isProblem(401, "unauthorized");
        assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
      }
    }
    assertThat(merchant.balance("shop", "posted")).isEqualTo(8);
  }

  @Test
  void merchantsAreTheOperators() {
    List<Route> operators =
        document.routes().stream()
            .filter(route -> !route.open() && route.scope().isEmpty())
            .toList();

    assertThat(operators).isNotEmpty();
    for (Route route : operators) {
      route.call(merchant, "").send().isProblem(403, "insufficient_scope");
    }
    merchants().forEach(route -> route.call(operator, own(route)).send().is(401));
  }

  @Test
  void listsWhateverThereIs() {
    var there = new TreeSet<String>();
    mappings
        .getHandlerMethods()
        .forEach(
            (info, handler) -> {
              for (String path : info.getPatternValues()) {
                if (!path.matches(OTHERS)) {
                  assertThat(info.getMethodsCondition().getMethods()).as(path).isNotEmpty();
                  info.getMethodsCondition()
                      .getMethods()
                      .forEach(method -> there.add(method + " " + path));
                }
              }
            });

    assertThat(document.routes())
        .extracting(Route::toString)
        .containsExactlyInAnyOrderElementsOf(there);
  }

  @Test
  void everyQueryParameterIsTaken() {
    merchants()
        .filter(route -> route.method().equals("GET"))
        .forEach(
            route -> {
              for (JsonNode parameter : route.parameters("query")) {
                if (!parameter.path("name").asText().equals("cursor")) {
                  String query = "?" + route.example(parameter);
                  if (route.path().equals("/v1/ledger/export")) {
                    query = "?format=hledger&" + query.substring(1).replace("format=hledger", "");
                  }
                  if (route.path().equals("/v1/analytics/series")) {
                    query = "?metric=payments.latency&" + query.substring(1);
                    query = query.replaceFirst("metric=\\S+&metric=", "metric=");
                  }
                  route.call(merchant, own(route), query).send().is(200);
                }
              }
            });
  }

  /** Each body is spoiled in each field; what is told of it is the same everywhere. */
  @Test
  void everyRouteTellsOfWrongFieldsInOneVocabulary() {
    for (Route route : document.routes()) {
      Client client = route.open() || route.scope().isPresent() ? merchant : operator;
      route
          .body()
          .filter(JsonNode::isObject)
          .ifPresent(
              example -> {
                spoiled(route, client, array()).isRefused("", "wrong_type");
                ObjectNode more = example.deepCopy();
                more.put("amout", 1);
                spoiled(route, client, more).isRefused("amout", "unknown_field");
                for (Map.Entry<String, JsonNode> field : example.properties()) {
                  ObjectNode wrong = example.deepCopy();
                  wrong.set(field.getKey(), array(array()));
                  Answer answer = spoiled(route, client, wrong);
                  assertThat(answer.text("/errors/0/param"))
                      .as("%s: %s", route, answer)
                      .startsWith(field.getKey());
                  assertThat(answer.text("/errors/0/code"))
                      .as("%s: %s", route, answer)
                      .isEqualTo("wrong_type");
                }
                for (JsonNode name : document.schema(route).path("required")) {
                  ObjectNode less = example.deepCopy();
                  less.remove(name.asText());
                  spoiled(route, client, less).isRefused(name.asText(), "required");
                  less.putNull(name.asText());
                  spoiled(route, client, less).isRefused(name.asText(), "required");
                }
              });
    }
    assertThat(merchant.balance("shop", "posted")).isEqualTo(8);
  }

  private Answer spoiled(Route route, Client client, JsonNode body) {
    Answer answer = client.call(route.method(), route.at(own(route))).randomKey().body(body).send();
    return answer.isProblem(400, answer.code()).movedNothing();
  }

  @Test
  void saysWhatEachThingIs() {
    var unclear = new ArrayList<String>();
    var operationIds = new TreeSet<String>();
    for (Route route : document.routes()) {
      for (String name : List.of("operationId", "summary", "description")) {
        if (route.says().path(name).asText().isBlank()) {
          unclear.add(route + " has no " + name);
        }
      }
      if (!operationIds.add(route.says().path("operationId").asText())) {
        unclear.add(route + " has the operationId of another one");
      }
    }
    for (JsonNode tag : document.root().path("tags")) {
      if (tag.path("description").asText().isBlank()) {
        unclear.add(tag + " has no description");
      }
    }
    JsonNode components = document.root().path("components");
    components
        .path("schemas")
        .properties()
        .forEach(
            schema -> {
              if (schema.getValue().path("description").asText().isBlank()) {
                unclear.add(schema.getKey());
              }
              schema
                  .getValue()
                  .path("properties")
                  .properties()
                  .forEach(
                      property -> {
                        if (property.getValue().path("description").asText().isBlank()) {
                          unclear.add(schema.getKey() + "." + property.getKey());
                        }
                      });
            });
    components
        .path("parameters")
        .properties()
        .forEach(
            parameter -> {
              if (parameter.getValue().path("description").asText().isBlank()) {
                unclear.add("the parameter " + parameter.getKey());
              }
            });

    assertThat(unclear).as("@Route and descriptions.properties say what things are").isEmpty();
  }

  /** A value that is not explained shows as null behind its name. */
  @Test
  void explainsEachValueOfItsEnums() {
    for (Map.Entry<String, JsonNode> schema :
        document.root().at("/components/schemas").properties()) {
      String says = schema.getValue().path("description").asText();
      for (JsonNode value : schema.getValue().path("enum")) {
        assertThat(says).as(schema.getKey()).containsPattern("`" + value.asText() + "`: [a-zA-Z]");
        assertThat(says).as(schema.getKey()).doesNotContain("`: null");
      }
      for (JsonNode property : schema.getValue().path("properties")) {
        for (JsonNode value : property.path("enum")) {
          assertThat(property.path("description").asText())
              .as(schema.getKey())
              .contains("`" + value.asText() + "`: ");
        }
      }
    }
  }

  @Test
  void describesOnceWhatEveryRouteAnswers() {
    for (Route route : document.routes()) {
      for (String status : List.of("401", "406", "413", "415", "429", "500")) {
        JsonNode response = route.says().path("responses").path(status);
        if (!response.isMissingNode()) {
          assertThat(response.path("$ref").asText())
              .as("%s of %s", status, route)
              .startsWith("#/components/responses/");
        }
      }
    }
  }

  @Test
  void namesPaymentsFirst() {
    List<String> tags = Json.texts(document.root().path("tags"), "name");

    assertThat(tags).startsWith("payments").doesNotHaveDuplicates();
    assertThat(tags.indexOf("accounts")).isLessThan(tags.indexOf("merchants"));
  }

  @Test
  void showsAPageOfEachList() {
    for (Route route : document.routes()) {
      JsonNode json = route.says().at("/responses/200/content/application~1json");
      if (json.at("/schema/$ref").asText().endsWith("Page")) {
        assertThat(json.at("/example/data/0").isObject()).as("a row of %s", route).isTrue();
      }
    }
  }

  @Test
  void itsExamplesAreValid() {
    for (Route route : document.routes()) {
      for (JsonNode media : route.says().findParents("example")) {
        document.conforms(media.path("example"), media.path("schema"), "example of " + route);
      }
    }
    for (JsonNode example : document.root().at("/components/examples")) {
      document.conforms(
          example.path("value"), object("$ref", "#/components/schemas/Problem"), "" + example);
    }
  }

  @Test
  void isReadWithoutComplaint() {
    Client anybody = merchant.anonymous();
    for (String path : List.of("/v3/api-docs", "/v3/api-docs.yaml")) {
      String text = anybody.call("GET", path).send().is(200).text();
      var result = new OpenAPIV3Parser().readContents(text);

      assertThat(result.getMessages()).as(path).isEmpty();
      assertThat(result.getOpenAPI().getPaths()).hasSameSizeAs(document.root().path("paths"));
    }
  }

  @Test
  void isTheSameInEveryLanguage() {
    Client anybody = merchant.anonymous();
    String english = anybody.get("/v3/api-docs").is(200).text();

    assertThat(anybody.call("GET", "/v3/api-docs").header("Accept-Language", "fr").send().text())
        .isEqualTo(english);
  }
}
