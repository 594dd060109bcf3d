package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

/** The packages are modules, and they import one another only as declared. */
class ModulesTest {

  private final ApplicationModules modules = ApplicationModules.of(QuittanceApplication.class);

  @Test
  void importOneAnotherOnlyAsDeclared() {
    modules.verify();
  }

  @Test
  void areTheOnesOfTheArchitecture() {
    assertThat(modules.stream().map(module -> module.getIdentifier().toString()))
        .containsExactlyInAnyOrder(
            "money",
            "concurrency",
            "database",
            "tracing",
            "web",
            "identity",
            "audit",
            "access",
            "admission",
            "journal",
            "idempotency",
            "ledger",
            "fraud",
            "payment",
            "webhook",
            "analytics",
            "kafka",
            "console",
            "openapi",
            "sandbox");
  }

  @Test
  void areDrawn() {
    new Documenter(modules).writeModulesAsPlantUml();
  }
}
