package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packaged service tells anybody in production: the document, and nothing else. */
class DocumentInProductionIT {

  private static ServiceProcess service;
  private static Client anybody;

  @BeforeAll
  static void start() {
    service = ServiceProcess.start(Postgres.create());
    anybody = new Client(service.uri(), "");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void showsTheDocument() {
    Answer answer = anybody.get("/v3/api-docs").is(200);

    assertThat(answer.text("/openapi")).startsWith("3.1");
    assertThat(OpenApi.of(service.uri()).routes())
        .allSatisfy(route -> assertThat(route.path()).startsWith("/v1/"))
        .noneMatch(OpenApi.Route::open);
    anybody.get("/v3/api-docs.yaml").is(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/swagger-ui.html",
        "/swagger-ui/index.html",
        "/v3/api-docs/swagger-config",
        "/sandbox/faults",
        "/actuator",
        "/actuator/env",
        "/actuator/prometheus",
        "/"
      })
  void showsNothingElse(String path) {
    anybody.get(path).isProblem(404, "not_found");
  }
}
