package io.quittance.sandbox;

import io.quittance.access.merchant.Onboarding;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Idempotency;
import io.quittance.ledger.change.Ledger;
import io.quittance.money.Money;
import java.time.Duration;
import java.util.UUID;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Creates a merchant, its key, and accounts with money before the service is ready. Creating them
 * again changes nothing.
 */
@Component
@Profile("sandbox")
class DemoData implements SmartLifecycle {

  static final UUID MERCHANT = UUID.fromString("01900000-0000-7000-8000-000000000001");
  static final String KEY = "qt_sandbox_key";
  private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(30);

  /** The phase in which the web server starts to listen. */
  private static final int LISTENING = DEFAULT_PHASE - 2_048;

  private final Onboarding onboarding;
  private final Ledger ledger;
  private final Idempotency idempotency;
  private volatile boolean made;

  DemoData(Onboarding onboarding, Ledger ledger, Idempotency idempotency) {
    this.onboarding = onboarding;
    this.ledger = ledger;
    this.idempotency = idempotency;
  }

  @Override
  public int getPhase() {
    return LISTENING - 1;
  }

  @Override
  public void start() {
    onboarding.ensure(MERCHANT, "sandbox", KEY);
    try {
      open("EUR", "");
      open("USD", ".usd");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the start was interrupted", e);
    }
    made = true;
  }

  @Override
  public void stop() {
    made = false;
  }

  @Override
  public boolean isRunning() {
    return made;
  }

  private void open(String currency, String suffix) throws InterruptedException {
    ledger.ensureAccount(MERCHANT, "world" + suffix, currency, true);
    ledger.ensureAccount(MERCHANT, "shop" + suffix, currency, false);
    fund("alice" + suffix, "world" + suffix, new Money(1_000_000, currency));
    fund("bob" + suffix, "world" + suffix, new Money(50_000, currency));
  }

  private void fund(String account, String source, Money money) throws InterruptedException {
    ledger.ensureAccount(MERCHANT, account, money.currency(), false);
    if (ledger.hasEntries(MERCHANT, account)) {
      return;
    }
    var request = idempotency.request(MERCHANT, "demo data", "fund " + account, money);
    ledger.transfer(request, source, account, money, Deadline.after(TRANSFER_TIMEOUT));
  }
}
