package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The packaging files are valid and agree with each other. Checked offline: no container engine and
 * no cluster is needed.
 */
class ManifestsTest {

  private static final Path K8S = Path.of("k8s/base");
  private static final String KUSTOMIZATION = "kustomization.yaml";
  private static final String SECRET_EXAMPLE = "secret.example.yaml";

  private static final Map<String, Class<?>> TYPES_BY_KIND =
      Map.of(
          "ConfigMap", V1ConfigMap.class,
          "Deployment", V1Deployment.class,
          "PodDisruptionBudget", V1PodDisruptionBudget.class,
          "Secret", V1Secret.class,
          "Service", V1Service.class,
          "ServiceAccount", V1ServiceAccount.class);

  private static final String SHUTDOWN_PHASE = "SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE";
  private static final Duration SHUTDOWN_PHASE_LEAST = Duration.ofSeconds(35);
  private static final int OPERATOR_KEY_LENGTH_MIN = 32;
  private static final long UID = 10001;

  static Stream<String> manifests() throws IOException {
    try (Stream<Path> files = Files.list(K8S)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(".*\\.ya?ml"))
          .filter(name -> !name.equals(KUSTOMIZATION))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Nested
  class Kubernetes {

    private final V1Deployment deployment = manifest("deployment.yaml", V1Deployment.class);
    private final V1ConfigMap configMap = manifest("configmap.yaml", V1ConfigMap.class);
    private final V1PodSpec pod = deployment.getSpec().getTemplate().getSpec();
    private final V1Container container = pod.getContainers().getFirst();

    @ParameterizedTest
    @MethodSource("io.quittance.packaging.ManifestsTest#manifests")
    void everyManifestHasOnlyFieldsThatItsKindDefines(String file) {
      String kind = yaml(K8S.resolve(file)).get("kind").getAsString();

      assertThat(TYPES_BY_KIND).containsKey(kind);
      assertThatNoException().isThrownBy(() -> manifest(file, TYPES_BY_KIND.get(kind)));
    }

    @Test
    void aFieldThatNoKindDefinesIsRefusedHoweverDeepItStands() throws IOException {
      JsonObject top = yaml(K8S.resolve("deployment.yaml"));
      top.addProperty("replicas", 2);
      assertThatThrownBy(() -> V1Deployment.validateJsonElement(top))
          .hasMessageContaining("replicas");

      JsonObject deep = yaml(K8S.resolve("deployment.yaml"));
      JsonObject template = deep.getAsJsonObject("spec").getAsJsonObject("template");
      JsonObject first =
          template.getAsJsonObject("spec").getAsJsonArray("containers").get(0).getAsJsonObject();
      first.getAsJsonObject("readinessProbe").addProperty("periodSecond", 5);
      assertThatThrownBy(() -> V1Deployment.validateJsonElement(deep))
          .hasMessageContaining("periodSecond");
    }

    @Test
    void theKustomizationListsEveryManifestButTheExampleSecret() throws IOException {
      List<String> listed =
          yaml(K8S.resolve(KUSTOMIZATION)).getAsJsonArray("resources").asList().stream()
              .map(JsonElement::getAsString)
              .toList();

      assertThat(listed)
          .containsExactlyInAnyOrderElementsOf(
              manifests().filter(file -> !file.equals(SECRET_EXAMPLE)).toList());
    }

    @Test
    void kubectlBuildsTheBaseWithoutASecret() throws Exception {
      Optional<Path> kubectl = onPath("kubectl");
      assumeTrue(kubectl.isPresent(), "kubectl is not on the PATH: the Kustomize build is skipped");

      Finished build = run(kubectl.get().toString(), "kustomize", K8S.toString());

      assertThat(build.exitCode()).as(build.output()).isZero();
      assertThat(build.output()).contains("kind: Deployment").doesNotContain("kind: Secret");
    }

    @Test
    void everyProbeAsksAPortOfTheContainerForAHealthGroup() {
      assertAsksTheManagementPort(container.getStartupProbe(), "/actuator/health/liveness");
      assertAsksTheManagementPort(container.getLivenessProbe(), "/actuator/health/liveness");
      assertAsksTheManagementPort(container.getReadinessProbe(), "/actuator/health/readiness");
      assertThat(configMap.getData()).containsEntry("MANAGEMENT_SERVER_PORT", "8081");
    }

    @Test
    void theServiceReachesTheApiPortOfTheDeploymentsPodsAndNoOther() {
      V1Service service = manifest("service.yaml", V1Service.class);

      assertThat(labels()).containsAllEntriesOf(service.getSpec().getSelector());
      assertThat(service.getSpec().getPorts())
          .singleElement()
          .satisfies(port -> assertThat(containerPort(port.getTargetPort())).isEqualTo(8080));
    }

    @Test
    void everySelectorMatchesThePodsLabels() {
      V1PodDisruptionBudget budget =
          manifest("poddisruptionbudget.yaml", V1PodDisruptionBudget.class);

      assertThat(labels())
          .isNotEmpty()
          .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels())
          .containsAllEntriesOf(budget.getSpec().getSelector().getMatchLabels());
      assertThat(pod.getTopologySpreadConstraints())
          .isNotEmpty()
          .allSatisfy(
              constraint ->
                  assertThat(labels())
                      .containsAllEntriesOf(constraint.getLabelSelector().getMatchLabels()));
    }

    @Test
    void theEnvironmentComesFromTheConfigMapAndTheSecretThatTheUserSupplies() {
      V1Secret example = manifest(SECRET_EXAMPLE, V1Secret.class);

      assertThat(container.getEnvFrom())
          .satisfiesExactly(
              config ->
                  assertThat(config.getConfigMapRef().getName())
                      .isEqualTo(configMap.getMetadata().getName()),
              secret -> {
                assertThat(secret.getSecretRef().getName())
                    .isEqualTo("quittance")
                    .isEqualTo(example.getMetadata().getName());
                assertThat(secret.getSecretRef().getOptional()).isNotEqualTo(true);
              });
      assertThat(configMap.getData())
          .containsEntry("SPRING_PROFILES_ACTIVE", "production")
          .containsKey("SPRING_DATASOURCE_URL")
          .doesNotContainKeys("SPRING_DATASOURCE_PASSWORD", "QUITTANCE_OPERATOR_KEY");
    }

    @Test
    void theExampleSecretNamesEveryKeyAndIsTooWeakToStartWith() {
      V1Secret example = manifest(SECRET_EXAMPLE, V1Secret.class);

      assertThat(example.getStringData())
          .containsOnlyKeys(
              "SPRING_DATASOURCE_USERNAME", "SPRING_DATASOURCE_PASSWORD", "QUITTANCE_OPERATOR_KEY");
      assertThat(example.getStringData().get("QUITTANCE_OPERATOR_KEY"))
          .hasSizeLessThan(OPERATOR_KEY_LENGTH_MIN);
    }

    @Test
    void thePodRunsUnprivilegedOnAReadOnlyFileSystem() {
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(UID);
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.getContainers())
          .allSatisfy(
              each -> {
                assertThat(each.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
                assertThat(each.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
                assertThat(each.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
                assertThat(each.getSecurityContext().getCapabilities().getAdd()).isNullOrEmpty();
                assertThat(each.getSecurityContext().getPrivileged()).isNull();
              });
    }

    @Test
    void temporaryFilesHaveAWritablePlaceOfLimitedSize() {
      assertThat(container.getVolumeMounts())
          .singleElement()
          .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
      assertThat(pod.getVolumes())
          .singleElement()
          .satisfies(
              volume -> {
                assertThat(volume.getName())
                    .isEqualTo(container.getVolumeMounts().getFirst().getName());
                assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull();
              });
    }

    @Test
    void thePodHoldsNoCredentialsOfTheCluster() {
      V1ServiceAccount account = manifest("serviceaccount.yaml", V1ServiceAccount.class);

      assertThat(pod.getServiceAccountName()).isEqualTo(account.getMetadata().getName());
      assertThat(account.getAutomountServiceAccountToken()).isFalse();
      assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    }

    @Test
    void noServiceLinkTurnsIntoAProperty() {
      assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    @Test
    void aRollingUpdateNeverHasFewerPodsThanReplicas() {
      assertThat(deployment.getSpec().getReplicas()).isGreaterThanOrEqualTo(2);
      assertThat(deployment.getSpec().getStrategy().getRollingUpdate().getMaxUnavailable())
          .hasToString("0");
    }

    @Test
    void memoryIsLimitedAndReservedInFull() {
      assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
      assertThat(container.getResources().getLimits())
          .containsEntry("memory", container.getResources().getRequests().get("memory"));
    }

    @Test
    void theGracePeriodOutlastsThePauseAndTheGracefulShutdown() {
      Duration pause =
          Duration.ofSeconds(container.getLifecycle().getPreStop().getSleep().getSeconds());
      Duration gracePeriod = Duration.ofSeconds(pod.getTerminationGracePeriodSeconds());
      Duration shutdownPhase =
          DurationStyle.detectAndParse(configMap.getData().get(SHUTDOWN_PHASE));

      assertThat(pause).isPositive();
      assertThat(shutdownPhase).isGreaterThanOrEqualTo(SHUTDOWN_PHASE_LEAST);
      assertThat(gracePeriod).isGreaterThan(pause.plus(drainLimit()).plus(shutdownPhase));
    }

    @Test
    void prometheusIsToldTheManagementPortAndPath() {
      assertThat(deployment.getSpec().getTemplate().getMetadata().getAnnotations())
          .containsEntry("prometheus.io/scrape", "true")
          .containsEntry("prometheus.io/port", "8081")
          .containsEntry("prometheus.io/path", "/actuator/prometheus");
    }

    @Test
    void theImageIsTheOneThatComposeBuilds() {
      assertThat(container.getImage())
          .isEqualTo("quittance:0.1.0")
          .isEqualTo(composeServices().getAsJsonObject("quittance").get("image").getAsString());
    }

    private void assertAsksTheManagementPort(V1Probe probe, String path) {
      assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
      assertThat(containerPort(probe.getHttpGet().getPort())).isEqualTo(8081);
    }

    private Map<String, String> labels() {
      return deployment.getSpec().getTemplate().getMetadata().getLabels();
    }

    private int containerPort(Object nameOrNumber) {
      return container.getPorts().stream()
          .filter(
              port ->
                  nameOrNumber.toString().equals(port.getName())
                      || nameOrNumber.toString().equals(port.getContainerPort().toString()))
          .map(V1ContainerPort::getContainerPort)
          .findFirst()
          .orElseThrow(() -> new AssertionError("no container port " + nameOrNumber));
    }
  }

  @Nested
  class Compose {

    private final JsonObject services = composeServices();
    private final JsonObject quittance = services.getAsJsonObject("quittance");

    @Test
    void publishesPortsOnTheLoopbackInterfaceOnly() {
      assertThat(services.asMap().values())
          .map(JsonElement::getAsJsonObject)
          .filteredOn(service -> service.has("ports"))
          .isNotEmpty()
          .flatMap(service -> service.getAsJsonArray("ports").asList())
          .map(JsonElement::getAsString)
          .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "prometheus", "balancer", "grafana"})
    void everyServiceOfAnImageThatIsNotOursIsChecked(String name) {
      JsonObject check = services.getAsJsonObject(name).getAsJsonObject("healthcheck");

      assertThat(check.getAsJsonArray("test")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"quittance", "quittance-2"})
    void theReplicasAreCheckedAsTheirImageSays(String name) {
      assertThat(services.getAsJsonObject(name).has("healthcheck")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"quittance", "quittance-2", "postgres", "prometheus", "balancer", "grafana"})
    void everyServiceIsUnprivileged(String name) {
      JsonObject service = services.getAsJsonObject(name);

      assertThat(service.get("read_only").getAsBoolean()).isTrue();
      assertThat(strings(service, "tmpfs")).contains("/tmp");
      assertThat(strings(service, "cap_drop")).containsExactly("ALL");
      assertThat(service.has("cap_add")).isFalse();
      assertThat(strings(service, "security_opt")).contains("no-new-privileges:true");
      assertThat(service.get("image").getAsString()).as("a pinned tag").matches(".+:v?\\d[\\w.-]*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quittance", "quittance-2"})
    void theServiceWaitsForADatabaseThatAnswers(String name) {
      JsonObject dependency = dependencies(name).getAsJsonObject("postgres");

      assertThat(dependency.get("condition").getAsString()).isEqualTo("service_healthy");
    }

    /** Builds of one tag run side by side in bake, and the second export fails. */
    @Test
    void oneReplicaAloneBuildsTheImageAndTheOtherIsStartedAfterIt() {
      assertThat(services.entrySet())
          .filteredOn(service -> service.getValue().getAsJsonObject().has("build"))
          .map(Map.Entry::getKey)
          .containsExactly("quittance");
      assertThat(services.getAsJsonObject("quittance-2").get("image"))
          .isEqualTo(quittance.get("image"));
      assertThat(dependencies("quittance-2").has("quittance")).isTrue();
    }

    private JsonObject dependencies(String name) {
      return services.getAsJsonObject(name).getAsJsonObject("depends_on");
    }

    @Test
    void theDatabaseKeepsItsDataWherePostgres18WritesIt() {
      assertThat(strings(services.getAsJsonObject("postgres"), "volumes"))
          .containsExactly("postgres-data:/var/lib/postgresql");
    }

    @Test
    void theDefaultsAreMarkedAsLocalAndLongEnoughToStart() {
      assertThat(fallback("SPRING_DATASOURCE_PASSWORD")).startsWith("laptop-only");
      assertThat(fallback("QUITTANCE_OPERATOR_KEY"))
          .startsWith("laptop-only")
          .hasSizeGreaterThanOrEqualTo(OPERATOR_KEY_LENGTH_MIN);
      assertThat(Base64.getDecoder().decode(fallback("QUITTANCE_NOTIFICATION_SECRET_KEY")))
          .hasSize(32)
          .asString()
          .startsWith("laptop-only");
    }

    @Test
    void theServiceLogsInToTheDatabaseAsTheUserThatTheDatabaseCreates() {
      JsonObject database = services.getAsJsonObject("postgres").getAsJsonObject("environment");
      JsonObject service = quittance.getAsJsonObject("environment");

      assertThat(service.get("SPRING_DATASOURCE_USERNAME"))
          .isEqualTo(database.get("POSTGRES_USER"));
      assertThat(service.get("SPRING_DATASOURCE_PASSWORD"))
          .isEqualTo(database.get("POSTGRES_PASSWORD"));
      assertThat(service.get("SPRING_DATASOURCE_URL").getAsString())
          .isEqualTo(
              "jdbc:postgresql://postgres:5432/" + database.get("POSTGRES_DB").getAsString());
    }

    @Test
    void theStopGracePeriodOutlastsTheGracefulShutdown() {
      Duration gracePeriod =
          DurationStyle.detectAndParse(quittance.get("stop_grace_period").getAsString());
      Duration shutdownPhase =
          DurationStyle.detectAndParse(
              quittance.getAsJsonObject("environment").get(SHUTDOWN_PHASE).getAsString());

      assertThat(shutdownPhase).isGreaterThanOrEqualTo(SHUTDOWN_PHASE_LEAST);
      assertThat(gracePeriod).isGreaterThan(drainLimit().plus(shutdownPhase));
    }

    @Test
    void prometheusScrapesTheManagementPortOfTheService() {
      JsonObject job =
          yaml(Path.of("ops/prometheus/prometheus.yml"))
              .getAsJsonArray("scrape_configs")
              .get(0)
              .getAsJsonObject();
      String target =
          strings(job.getAsJsonArray("static_configs").get(0).getAsJsonObject(), "targets")
              .getFirst();
      String managementPort =
          quittance.getAsJsonObject("environment").get("MANAGEMENT_SERVER_PORT").getAsString();

      assertThat(target).isEqualTo("quittance:" + managementPort);
      assertThat(job.get("metrics_path").getAsString()).isEqualTo("/actuator/prometheus");
      assertThat(strings(quittance, "ports")).anyMatch(port -> port.endsWith(":" + managementPort));
      assertThat(strings(services.getAsJsonObject("prometheus"), "volumes"))
          .contains("./ops/prometheus:/etc/prometheus:ro");
    }

    /** A command replaces the image's, which says where the configuration and the data are. */
    @Test
    void prometheusKeepsExemplarsAndFindsItsFiles() {
      JsonObject prometheus = services.getAsJsonObject("prometheus");

      assertThat(strings(prometheus, "command"))
          .containsExactly(
              "--config.file=/etc/prometheus/prometheus.yml",
              "--storage.tsdb.path=/prometheus",
              "--enable-feature=exemplar-storage");
      assertThat(strings(prometheus, "volumes")).contains("prometheus-data:/prometheus");
    }

    private String fallback(String variable) {
      String value = quittance.getAsJsonObject("environment").get(variable).getAsString();
      String prefix = "${" + variable + ":-";
      assertThat(value).startsWith(prefix).endsWith("}");
      return value.substring(prefix.length(), value.length() - 1);
    }
  }

  @Nested
  class Image {

    private final List<String> instructions = dockerfile();
    private final List<String> runtime =
        instructions.subList(instructions.indexOf("FROM ${JRE_IMAGE}"), instructions.size());

    @Test
    void buildsOnAJdkAndRunsOnAJreOfJava25() {
      assertThat(instructions)
          .filteredOn(instruction -> instruction.startsWith("FROM "))
          .containsExactly("FROM ${JDK_IMAGE} AS build", "FROM ${JRE_IMAGE}");
      assertThat(instructions)
          .containsSubsequence(
              "ARG JDK_IMAGE=eclipse-temurin:25-jdk-noble",
              "ARG JRE_IMAGE=eclipse-temurin:25-jre-noble",
              "FROM ${JDK_IMAGE} AS build");
    }

    /** An argument from before the first FROM is empty in a stage that does not name it again. */
    @Test
    void saysWhichImageItIsBasedOn() {
      assertThat(runtime).containsSubsequence("FROM ${JRE_IMAGE}", "ARG JRE_IMAGE");
      assertThat(only(runtime, "LABEL .*"))
          .contains("org.opencontainers.image.base.name=\"${JRE_IMAGE}\"");
    }

    @Test
    void setsThePreviewFlagAndTheProductionProfile() {
      assertThat(only(runtime, "ENV .*"))
          .containsPattern("JDK_JAVA_OPTIONS=\"[^\"]*--enable-preview[ \"]")
          .containsPattern("JDK_JAVA_OPTIONS=\"[^\"]*--enable-native-access=ALL-UNNAMED[ \"]")
          .containsPattern("JDK_JAVA_OPTIONS=\"[^\"]*-XX:MaxRAMPercentage=\\d+[ \"]")
          .containsPattern("JDK_JAVA_OPTIONS=\"[^\"]*-XX:\\+ExitOnOutOfMemoryError[ \"]")
          .contains("SPRING_PROFILES_ACTIVE=production");
    }

    /** A pod's variable replaces that of the image; JAVA_TOOL_OPTIONS would add to it. */
    @Test
    void nothingThatRunsItReplacesItsOptions() throws IOException {
      try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
        assertThat(Stream.concat(files, Stream.of(Path.of("docker-compose.yml"))))
            .filteredOn(
                file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
            .hasSizeGreaterThan(10)
            .allSatisfy(file -> assertThat(text(file)).doesNotContain("JDK_JAVA_OPTIONS"));
      }
    }

    @Test
    void runsAsTheUidThatTheDeploymentNames() {
      assertThat(only(runtime, "USER .*")).isEqualTo("USER %d:%d".formatted(UID, UID));
    }

    @Test
    void copiesTheLayersThatChangeLeastFirst() {
      assertThat(runtime)
          .filteredOn(instruction -> instruction.startsWith("COPY "))
          .containsExactly(
              "COPY --from=build /build/layers/dependencies/ ./",
              "COPY --from=build /build/layers/spring-boot-loader/ ./",
              "COPY --from=build /build/layers/snapshot-dependencies/ ./",
              "COPY --from=build /build/layers/application/ ./");
    }

    @Test
    void startsTheJarThatTheBuildStageExtracts() {
      assertThat(only(instructions, "RUN java .*")).contains("-jar target/quittance.jar extract");
      assertThat(only(runtime, "ENTRYPOINT .*"))
          .isEqualTo("ENTRYPOINT [\"java\", \"-jar\", \"quittance.jar\"]");
    }

    /** The JVM refuses a cache that was trained with other modules open. */
    @Test
    void trainsTheCacheThatItStartsWithUnderTheSameOptions() throws IOException {
      String training = only(runtime, "RUN .*/ops/aot .*");

      assertThat(training)
          .endsWith(" /ops/aot /app/quittance.jar /app")
          .contains("JDK_JAVA_OPTIONS=\"--enable-preview --enable-native-access=ALL-UNNAMED\"");
      assertThat(only(runtime, "ENV .*"))
          .containsPattern("JDK_JAVA_OPTIONS=\"[^\"]*-XX:AOTCache=/app/quittance\\.aot[ \"]");
      assertThat(runtime.indexOf(training))
          .isLessThan(runtime.indexOf(only(runtime, "ENV .*")))
          .isGreaterThan(runtime.lastIndexOf("COPY --from=build /build/layers/application/ ./"));
      assertThat(Files.readAllLines(Path.of(".dockerignore")))
          .contains("!ops/aot", "!ops/AotTraining.java");
    }

    @Test
    void checksItsHealthWithoutAShell() {
      assertThat(only(runtime, "HEALTHCHECK .*"))
          .contains(" CMD [\"java\", ")
          .endsWith("\"io.quittance.HealthCheck\"]");
    }

    @Test
    void exposesTheApiAndTheManagementPort() {
      assertThat(only(runtime, "EXPOSE .*")).isEqualTo("EXPOSE 8080 8081");
    }

    @Test
    void everythingThatTheBuildCopiesIsLetThroughByDockerignore() throws IOException {
      List<String> ignore = Files.readAllLines(Path.of(".dockerignore"));
      Set<String> copied = Set.of(".mvn", "mvnw", "pom.xml", "src");

      assertThat(ignore)
          .contains("*")
          .containsAll(copied.stream().map(name -> "!" + name).toList());
      assertThat(instructions)
          .filteredOn(instruction -> instruction.matches("COPY (?!--).*"))
          .map(instruction -> List.of(instruction.split(" ")))
          .flatMap(words -> words.subList(1, words.size() - 1))
          .isNotEmpty()
          .isSubsetOf(copied);
    }

    private static List<String> dockerfile() {
      String file = text(Path.of("Dockerfile")).replaceAll("(?m)^\\s*#.*\\R", "");
      return file.replaceAll("\\\\\\R\\s*", "")
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    }

    private static String only(List<String> instructions, String pattern) {
      List<String> found = instructions.stream().filter(line -> line.matches(pattern)).toList();
      assertThat(found).as(pattern).hasSize(1);
      return found.getFirst();
    }
  }

  /** Reads strictly: the model's type adapters refuse a field that they do not define. */
  private static <T> T manifest(String file, Class<T> type) {
    return JSON.getGson().fromJson(yaml(K8S.resolve(file)), type);
  }

  private static Duration drainLimit() {
    JsonObject production = yaml(Path.of("src/main/resources/application-production.yml"));
    return DurationStyle.detectAndParse(production.get("quittance.web.drain-limit").getAsString());
  }

  private static JsonObject composeServices() {
    return yaml(Path.of("docker-compose.yml")).getAsJsonObject("services");
  }

  private static JsonObject yaml(Path file) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Object document = new Yaml(new SafeConstructor(options)).load(text(file));
    return JSON.getGson().toJsonTree(document).getAsJsonObject();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> strings(JsonObject object, String name) {
    return object.getAsJsonArray(name).asList().stream().map(JsonElement::getAsString).toList();
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private record Finished(int exitCode, String output) {}

  private static Finished run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("manifests", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after 60 s: " + String.join(" ", command));
      }
      return new Finished(process.exitValue(), text(output));
    } finally {
      Files.delete(output);
    }
  }
}
