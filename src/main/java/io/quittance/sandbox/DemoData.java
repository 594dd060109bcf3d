package io.quittance.sandbox;

import io.quittance.access.merchant.Onboarding;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Idempotency;
import io.quittance.ledger.change.Ledger;
import io.quittance.money.Money;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** A merchant, its key, and accounts with money in them. Running it again changes nothing. */
@Component
@Profile("sandbox")
class DemoData implements ApplicationRunner {

  static final UUID MERCHANT = UUID.fromString("01900000-0000-7000-8000-000000000001");
  static final String KEY = "qt_sandbox_key";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Onboarding onboarding;
  private final Ledger ledger;
  private final Idempotency idempotency;

  DemoData(Onboarding onboarding, Ledger ledger, Idempotency idempotency) {
    this.onboarding = onboarding;
    this.ledger = ledger;
    this.idempotency = idempotency;
  }

  @Override
  public void run(ApplicationArguments args) throws InterruptedException {
    onboarding.ensure(MERCHANT, "sandbox", KEY);
    open("EUR", "");
    open("USD", ".usd");
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
    ledger.transfer(request, source, account, money, Deadline.after(PATIENCE));
  }
}
