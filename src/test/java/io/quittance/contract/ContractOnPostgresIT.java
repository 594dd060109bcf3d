package io.quittance.contract;

import io.quittance.testing.Postgres;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The contract on PostgreSQL, as production runs. With {@code -Dcontract.postgresql=jdbc:…} and
 * {@code -Dcontract.distribution=citus} it uses an empty database of another server
 * (docs/citus.md).
 */
@Tag("side-by-side")
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.idempotency.sweep-interval=1s",
      "quittance.notification.allow-loopback=true",
      "quittance.notification.sweep-interval=1s",
      "quittance.web.header-limit=2s",
      "quittance.web.body-limit=2s",
      "server.tomcat.connection-timeout=2s",
      "quittance.notification.breaker-open=10ms",
      "quittance.analytics.roll-up-interval=200ms",
      "quittance.analytics.max-watchers=2",
      "resilience4j.circuitbreaker.configs.default.wait-duration-in-open-state=1s"
    })
@ActiveProfiles("sandbox")
class ContractOnPostgresIT {

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    String given = System.getProperty("contract.postgresql");
    String url = given == null ? Postgres.create().url() : given;
    registry.add("spring.datasource.url", () -> url);
    registry.add(
        "quittance.database.distribution",
        () -> System.getProperty("contract.distribution", "none"));
    registry.add("spring.datasource.username", () -> Postgres.Database.USER);
    registry.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @Nested
  class Errors extends ErrorsContract {}

  @Nested
  class Idempotency extends IdempotencyContract {}

  @Nested
  class Payments extends PaymentsContract {}

  @Nested
  class Refusals extends RefusalsContract {}

  @Nested
  class Batches extends BatchesContract {}

  @Nested
  class Fraud extends FraudContract {}

  @Nested
  class Simulation extends SimulationContract {}

  @Nested
  class References extends ReferencesContract {}

  @Nested
  class Details extends DetailsContract {}

  @Nested
  class KeyRetention extends KeyRetentionContract {}

  @Nested
  class Lifecycle extends LifecycleContract {}

  @Nested
  class Operations extends OperationsContract {}

  @Nested
  class Failures extends FailuresContract {}

  @Nested
  class Http extends HttpContract {}

  @Nested
  class Audit extends AuditContract {}

  @Nested
  class Keys extends KeysContract {}

  @Nested
  class Merchants extends MerchantsContract {}

  @Nested
  class Metadata extends MetadataContract {}

  @Nested
  class Texts extends TextsContract {}

  @Nested
  class Cursors extends CursorsContract {}

  @Nested
  class Tenancy extends TenancyContract {}

  @Nested
  class Deadlines extends DeadlinesContract {}

  @Nested
  class Accounts extends AccountsContract {}

  @Nested
  class Transfers extends TransfersContract {}

  @Nested
  class BalanceRange extends BalanceRangeContract {}

  @Nested
  class LedgerReports extends LedgerReportsContract {}

  @Nested
  class Tampering extends TamperingContract {}

  @Nested
  class Webhooks extends WebhooksContract {}

  @Nested
  class Search extends SearchContract {}

  @Nested
  class Figures extends FiguresContract {}

  @Nested
  class Live extends LiveContract {}

  @Nested
  class Status extends StatusContract {}

  @Nested
  class Edge extends EdgeContract {}

  @Nested
  class Document extends DocumentContract {}

  @Nested
  class EventIntake extends EventIntakeContract {}

  @Nested
  class Console extends ConsoleContract {}

  @Nested
  class HungLookUps extends HungLookUpsContract {}
}
