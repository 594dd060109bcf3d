package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Json.object;

import io.quittance.testing.Sandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Each test has a merchant with the accounts {@code world}, {@code alice} (10 000.00 EUR) and
 * {@code shop}, and a window that is signed in with its key; it ends with a look at what the
 * browser complained about.
 */
abstract class ConsoleTests {

  static final long FUNDS = 1_000_000;

  Client merchant;
  Browsing window;

  @BeforeEach
  void open() {
    Client operator = new Client(ConsoleIT.sandbox.uri(), Sandbox.OPERATOR_KEY);
    Answer registered = operator.post("/v1/merchants", object("name", "Corner Shop")).is(201);
    merchant = operator.with(registered.text("/api_key/secret"));
    merchant.put("/v1/accounts/world", object("currency", "EUR", "kind", "external")).is(201);
    merchant.open("alice");
    merchant.transfer(move(FUNDS, "world", "alice")).send().is(201);
    merchant.open("shop");
    window = Browsing.wide(ConsoleIT.chromium, merchant.service()).signedIn(merchant.secret());
  }

  @AfterEach
  void close() {
    merchant.noFaults();
    window.hasNoComplaints();
    window.close();
  }

  /** An account in a currency, and a payment into it. */
  Answer payIn(String currency, long amount) {
    String payer = "world." + currency.toLowerCase(java.util.Locale.ROOT);
    String payee = "shop." + currency.toLowerCase(java.util.Locale.ROOT);
    merchant.put("/v1/accounts/" + payer, object("currency", currency, "kind", "external"));
    merchant.put("/v1/accounts/" + payee, object("currency", currency));
    return merchant
        .pay(object("amount", amount, "currency", currency, "payer", payer, "payee", payee))
        .is(201);
  }
}
