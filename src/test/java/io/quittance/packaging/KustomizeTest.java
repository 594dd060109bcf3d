package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import io.quittance.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.Driver;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Every combination of the components renders to objects that the API's models define. */
class KustomizeTest {

  private static final Path K8S = Path.of("k8s");
  private static final Path COMPONENTS = K8S.resolve("components");
  private static final int UNAVAILABLE = 69;

  /** With a field that the model does not define, reading fails, wherever it is. */
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .build();

  private static final Map<String, Class<?>> OF_KUBERNETES =
      Map.of(
          "ConfigMap", V1ConfigMap.class,
          "Deployment", V1Deployment.class,
          "HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class,
          "Namespace", V1Namespace.class,
          "NetworkPolicy", V1NetworkPolicy.class,
          "PodDisruptionBudget", V1PodDisruptionBudget.class,
          "Service", V1Service.class,
          "ServiceAccount", V1ServiceAccount.class);

  private static final Map<String, Class<?>> OF_OTHERS =
      Map.of(
          "HTTPRoute", HTTPRoute.class,
          "PodMonitor", PodMonitor.class,
          "PrometheusRule", PrometheusRule.class);

  static Stream<List<String>> combinations() throws IOException {
    try (Stream<Path> folders = Files.list(COMPONENTS)) {
      List<String> all = folders.map(folder -> folder.getFileName().toString()).sorted().toList();
      return IntStream.range(0, 1 << all.size())
          .mapToObj(
              chosen ->
                  IntStream.range(0, all.size())
                      .filter(i -> (chosen & 1 << i) != 0)
                      .mapToObj(all::get)
                      .toList());
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void everyCombinationIsValidAndFitsTogether(List<String> components, @TempDir Path folder)
      throws Exception {
    Path real = folder.toRealPath();
    String places =
        components.stream()
            .map(name -> "  - %s%n".formatted(relative(real, COMPONENTS.resolve(name))))
            .reduce("", String::concat);
    Files.writeString(
        real.resolve("kustomization.yaml"),
        """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources:
          - %s
        %s"""
            .formatted(
                relative(real, K8S.resolve("base")),
                components.isEmpty() ? "" : "components:\n" + places));

    List<JsonNode> objects = rendered(real);

    objects.forEach(KustomizeTest::parse);
    JsonNode deployment = only(objects, "Deployment");
    assertThat(deployment.at("/spec").has("replicas"))
        .isEqualTo(!components.contains("autoscaling"));
    assertThat(deployment.at("/spec/template/metadata/annotations").has("prometheus.io/scrape"))
        .isEqualTo(!components.contains("monitoring"));
    assertThat(only(objects, "ConfigMap").at("/data").has("QUITTANCE_KAFKA_BOOTSTRAP_SERVERS"))
        .isEqualTo(components.contains("kafka"));
    assertThat(objects).noneMatch(object -> kind(object).equals("Secret"));
  }

  @Test
  void theFolderItselfIsTheBase() throws Exception {
    assertThat(rendered(K8S)).isNotEmpty().isEqualTo(rendered(K8S.resolve("base")));
  }

  @Test
  void productionHasAllOfItInItsNamespace() throws Exception {
    List<JsonNode> objects = rendered(K8S.resolve("overlays/production"));

    objects.forEach(KustomizeTest::parse);
    assertThat(objects)
        .map(KustomizeTest::kind)
        .containsAll(OF_KUBERNETES.keySet())
        .containsAll(OF_OTHERS.keySet());
    assertThat(objects)
        .filteredOn(object -> !kind(object).equals("Namespace"))
        .allMatch(object -> object.at("/metadata/namespace").asText().equals("payments"));
    assertThat(
            only(objects, "Namespace")
                .at("/metadata/labels")
                .path("pod-security.kubernetes.io/enforce")
                .asText())
        .isEqualTo("restricted");
  }

  @Test
  void whatScalesReachesAndScrapesNamesWhatThereIs() throws Exception {
    List<JsonNode> objects = rendered(K8S.resolve("overlays/production"));
    JsonNode deployment = only(objects, "Deployment");
    List<String> ports = texts(deployment.at("/spec/template/spec/containers/0/ports"), "/name");

    assertThat(only(objects, "HorizontalPodAutoscaler").at("/spec/scaleTargetRef/name"))
        .isEqualTo(deployment.at("/metadata/name"));
    assertThat(only(objects, "NetworkPolicy").at("/spec/podSelector"))
        .isEqualTo(only(objects, "PodMonitor").at("/spec/selector"))
        .isEqualTo(deployment.at("/spec/selector"));
    assertThat(texts(only(objects, "NetworkPolicy").at("/spec/ingress"), "/ports/0/port"))
        .containsExactlyElementsOf(ports);
    assertThat(only(objects, "NetworkPolicy").at("/spec/ingress/1/from"))
        .as("who reaches the management port")
        .hasSize(1);
    assertThat(texts(only(objects, "PodMonitor").at("/spec/podMetricsEndpoints"), "/port"))
        .containsExactly("management");
    JsonNode service = only(objects, "Service");
    assertThat(only(objects, "HTTPRoute").at("/spec/rules"))
        .hasSizeGreaterThan(1)
        .map(rule -> rule.at("/backendRefs/0"))
        .allMatch(backend -> backend.path("name").equals(service.at("/metadata/name")))
        .allMatch(backend -> backend.path("port").equals(service.at("/spec/ports/0/port")));
  }

  /** Without it the driver looks in the user's home, and the image's user has none. */
  @Test
  void productionChecksTheDatabasesCertificateByACertificateThatIsMounted() throws Exception {
    List<JsonNode> objects = rendered(K8S.resolve("overlays/production"));
    JsonNode pod = only(objects, "Deployment").at("/spec/template/spec");
    String url = only(objects, "ConfigMap").at("/data/SPRING_DATASOURCE_URL").asText();

    Properties settings = Objects.requireNonNull(Driver.parseURL(url, null));
    assertThat(settings).containsEntry("sslmode", "verify-full").containsKey("sslrootcert");
    Path certificate = Path.of(settings.getProperty("sslrootcert"));
    JsonNode mount =
        with(pod.at("/containers/0/volumeMounts"), "mountPath", certificate.getParent().toString());
    JsonNode volume = with(pod.at("/volumes"), "name", mount.path("name").asText());

    assertThat(mount.path("readOnly").asBoolean()).isTrue();
    assertThat(Files.readString(K8S.resolve("README.md")))
        .contains(
            "kubectl create configmap %s --namespace %s --from-file=%s="
                .formatted(
                    volume.at("/configMap/name").asText(),
                    only(objects, "Namespace").at("/metadata/name").asText(),
                    certificate.getFileName()));
  }

  private static JsonNode with(JsonNode array, String field, String value) {
    return StreamSupport.stream(array.spliterator(), false)
        .filter(each -> each.path(field).asText().equals(value))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + field + " " + value + " in " + array));
  }

  @Test
  void theRulesAreThoseOfTheFolderForPrometheus() throws IOException {
    for (String name : List.of("alerts", "slo")) {
      JsonNode rule =
          documents(
                  Files.readString(
                      COMPONENTS.resolve("monitoring/prometheusrule-%s.yaml".formatted(name))))
              .getFirst();

      assertThat(rule.at("/spec"))
          .as("run ops/check-rules --write")
          .isEqualTo(
              documents(Files.readString(Path.of("ops/prometheus/rules/%s.yml".formatted(name))))
                  .getFirst());
    }
  }

  @Test
  void aFieldThatNoModelDefinesIsRefused() throws IOException {
    JsonNode route =
        documents(Files.readString(COMPONENTS.resolve("gateway/httproute.yaml"))).getFirst();
    ((com.fasterxml.jackson.databind.node.ObjectNode) route.at("/spec/rules/0/backendRefs/0"))
        .put("prot", 80);

    assertThatThrownBy(() -> STRICT.treeToValue(route, HTTPRoute.class))
        .hasMessageContaining("prot");
  }

  private static void parse(JsonNode object) {
    String kind = kind(object);
    try {
      if (OF_OTHERS.containsKey(kind)) {
        STRICT.treeToValue(object, OF_OTHERS.get(kind));
      } else {
        assertThat(OF_KUBERNETES).containsKey(kind);
        JSON.getGson().fromJson(object.toString(), OF_KUBERNETES.get(kind));
      }
    } catch (IOException e) {
      throw new AssertionError(kind + ": " + e.getMessage(), e);
    }
  }

  private static List<JsonNode> rendered(Path folder) throws Exception {
    Program.Ended build = new Program(Path.of("ops/kubectl")).run("kustomize", folder.toString());
    assumeTrue(build.exitCode() != UNAVAILABLE, build.output());
    assertThat(build.exitCode()).as(build.output()).isZero();
    return documents(build.output());
  }

  private static List<JsonNode> documents(String text) {
    List<JsonNode> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(text)
        .forEach(document -> documents.add(STRICT.valueToTree(document)));
    return documents;
  }

  private static String relative(Path from, Path to) {
    return from.relativize(to.toAbsolutePath()).toString();
  }

  private static JsonNode only(List<JsonNode> objects, String kind) {
    return objects.stream().filter(object -> kind(object).equals(kind)).findFirst().orElseThrow();
  }

  private static String kind(JsonNode object) {
    return object.path("kind").asText();
  }

  private static List<String> texts(JsonNode array, String pointer) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(each -> each.at(pointer).asText())
        .toList();
  }
}
