package io.quittance.contract;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;

/** The contract on H2, as the sandbox runs. */
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
      "spring.datasource.url=jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=5000",
      "resilience4j.circuitbreaker.configs.default.wait-duration-in-open-state=1s"
    })
@ActiveProfiles("sandbox")
class ContractOnH2IT {

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
  class Metrics extends MetricsContract {}

  @Nested
  class Proxies extends ProxiesContract {}

  @Nested
  class Document extends DocumentContract {}

  @Nested
  class EventIntake extends EventIntakeContract {}

  @Nested
  class Console extends ConsoleContract {}
}
