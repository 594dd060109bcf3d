package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Download;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Searches that can be shared, long lists, and statements that are whole or not there. */
abstract class ConsoleListsTests extends ConsoleTests {

  private static final int MANY = 10_000;

  @Test
  void searchesByWhatTheAddressBarSays() {
    merchant.pay(1_250, "alice", "shop").is(201);
    merchant.pay(99_999_999, "alice", "shop").is(402);
    window.open("#/payments").settled();
    assertThat(window.mark("payment-row")).hasCount(2);

    window.mark("filter-status").selectOption("declined");
    assertThat(window.mark("payment-row")).hasCount(1);
    assertThat(window.text("Insufficient funds")).isVisible();
    assertThat(window.page()).hasURL(Pattern.compile("#/payments\\?status=declined"));
    window.page().reload();
    assertThat(window.mark("filter-status")).hasValue("declined");
    assertThat(window.mark("payment-row")).hasCount(1);
    window.page().goBack();
    assertThat(window.mark("payment-row")).hasCount(2);

    window.page().getByLabel("From account").fill("Alice!");
    window.page().getByLabel("Amount from").fill("12.50");
    window.page().getByText("Search").click();
    assertThat(window.text("An account id has lower-case letters")).isVisible();
    assertThat(window.text("Choose a currency first")).isVisible();
    window.page().getByLabel("From account").fill("alice");
    window.page().getByLabel("Currency").selectOption("EUR");
    window.page().getByLabel("Amount to").fill("12,50");
    window.page().getByText("Search").click();
    assertThat(window.mark("payment-row")).hasCount(1);
    assertThat(window.page()).hasURL(Pattern.compile(".*amount_min=1250&amount_max=1250.*"));

    window
        .open(
            "#/payments?status=nonsense,failed&payer=NO&created_from=soon&amount_min=1251"
                + "&limit=7&cursor=broken&colour=red")
        .settled();
    assertThat(window.text("no search understands it: Status “nonsense,failed”")).isVisible();
    assertThat(window.text("Amount from 1251 minor units")).isVisible();
    assertThat(window.mark("payment-row")).hasCount(1);
    assertThat(window.refusals()).allMatch(one -> one.contains("cursor=broken"));
  }

  @Test
  void takesEveryFilterOfTheApiFromTheAddressBar() {
    String found =
        merchant.pay(Client.order(1_250, "alice", "shop").put("reference", "order 7")).is(201).id();
    merchant.pay(1_250, "alice", "shop").is(201);

    window
        .open(
            "#/payments?status=succeeded,failed&payer=alice&payee=shop&reference=order+7&currency=EUR"
                + "&created_from=2026-01-01T00:00:01Z&created_to=2126-01-01T00:00:00%2B01:00"
                + "&amount_min=1250&amount_max=1250")
        .settled();

    assertThat(window.mark("payment-row")).hasCount(1);
    assertThat(window.mark("payment-row")).hasAttribute("data-id", found);
    assertThat(window.mark("filter-status")).hasValue("succeeded,failed");
    assertThat(window.page().getByLabel("Reference")).hasValue("order 7");
    assertThat(window.page().getByLabel("Amount to")).hasValue("12.50");
    assertThat(window.page().getByLabel("Created from")).hasValue("2026-01-01T01:00:01");
    window.page().getByText("Search").click();
    assertThat(window.page())
        .hasURL(
            Pattern.compile(
                ".*amount_max=1250&created_from=2026-01-01T00%3A00%3A01Z&created_to=2126.*"));
    assertThat(window.mark("payment-row")).hasCount(1);
    assertThat(window.refusals()).isEmpty();
  }

  @Test
  void leadsNowhereThatDoesNotExist() {
    merchant.refund(merchant.pay(1_250, "alice", "shop").is(201).id()).is(201);
    window.open("#/payments").settled();
    window.mark("payment-row").first().click();
    assertThat(window.mark("payment-status")).hasText("Succeeded");
    window
        .page()
        .getByRole(com.microsoft.playwright.options.AriaRole.LINK)
        .filter(new com.microsoft.playwright.Locator.FilterOptions().setHasText("shop"))
        .click();
    assertThat(window.mark("statement").locator("tbody tr")).hasCount(2);
    assertThat(window.mark("statement")).containsText("-12.50");
    assertThat(window.mark("statement")).containsText("+12.50");
    window.mark("statement").locator("a").first().click();
    assertThat(window.mark("payment-status")).isVisible();
    window.open("#/payments/pay_01jd0000000000000000000000").settled();
    assertThat(window.text("There is no payment with this id.")).isVisible();
    window.open("#/nowhere").settled();
    assertThat(window.page()).hasURL(Pattern.compile(".*#/live"));
  }

  @Test
  void goesThroughTenThousandPaymentsPageByPage() {
    JsonNode payment = merchant.pay(1_250, "alice", "shop").is(201).body();
    answerPages("/v1/payments?", payment, "id", "pay_", 200);
    window.open("#/payments?limit=100").settled();

    // Presses "Older" until there is nothing older.
    JsonNode walked =
        Json.parse(
            (String)
                window
                    .page()
                    .evaluate(
                        """
                        async () => {
                          const seen = new Set();
                          let most = 0;
                          for (;;) {
                            const rows = [...document.querySelectorAll('[data-testid=payment-row]')];
                            rows.forEach(row => seen.add(row.dataset.id));
                            const first = rows[0].dataset.id;
                            most = Math.max(most, rows.length);
                            const older = document.querySelector('[data-testid=page-older]');
                            if (!older) {
                              return JSON.stringify({seen: seen.size, most});
                            }
                            older.click();
                            while (first === document.querySelector('[data-testid=payment-row]').dataset.id
                                || document.querySelector('main .loading')) {
                              await new Promise(done => setTimeout(done));
                            }
                          }
                        }
                        """));

    assertThat(walked).isEqualTo(object("seen", MANY, "most", 100));
  }

  /**
   * Answers a list of {@link #MANY} in the service's place, in the browser itself; once, it is
   * busy.
   *
   * @param last what the last page answers with instead, a status; 200: its rows
   */
  private void answerPages(String path, JsonNode row, String id, String prefix, int last) {
    window
        .page()
        .addInitScript(
            """
            const [path, row, id, prefix, last, many] = %s;
            const service = window.fetch;
            let busy = path.includes('entries');
            window.fetch = async (url, options) => {
              if (!String(url).includes(path)) {
                return service(url, options);
              }
              const from = Number(new URL(url, location).searchParams.get('cursor'));
              if (from === 3000 && busy) {
                busy = false;
                return new Response('{"code":"rate_limited","retryable":true}',
                    {status: 429, headers: {'Retry-After': '1'}});
              }
              if (from + 100 === many && last !== 200) {
                return new Response('{"code":"forbidden","detail":"Gone away.","retryable":false}', {status: last});
              }
              const data = Array.from({length: 100},
                  (_, i) => ({...row, [id]: prefix + String(from + i).padStart(26, '0')}));
              const more = from + 100 < many;
              return new Response(JSON.stringify({data, has_more: more, next_cursor: more ? String(from + 100) : null}));
            };
            """
                .formatted(Json.array(path, row, id, prefix, last, MANY)));
  }

  private static final JsonNode ENTRY =
      object(
          "amount",
          -1_250,
          "balance_after",
          5,
          "payment_id",
          null,
          "reference",
          "=cmd|'a,\"b\"",
          "created_at",
          "2026-11-26T10:00:00.000Z");

  @Test
  void savesAStatementAsAWholeThoughTheServiceIsBusy() throws Exception {
    answerPages("/entries?", ENTRY, "transfer_id", "trf_", 200);
    window.open("#/accounts/alice").settled();

    Download download = window.page().waitForDownload(() -> window.mark("statement-csv").click());

    assertThat(download.suggestedFilename()).isEqualTo("statement-alice.csv");
    List<String> lines = Files.readAllLines(download.path());
    assertThat(lines).hasSize(MANY + 1).doesNotHaveDuplicates();
    assertThat(lines.getFirst()).startsWith("created_at,amount,currency,balance_after");
    assertThat(lines.get(1))
        .isEqualTo(
            "2026-11-26T10:00:00.000Z,-12.50,EUR,0.05,trf_%026d,,\"'=cmd|'a,\"\"b\"\"\""
                .formatted(0));
  }

  @Test
  void savesNothingRatherThanHalfAStatement() {
    var downloads = new AtomicInteger();
    window.page().onDownload(download -> downloads.incrementAndGet());
    answerPages("/entries?", ENTRY, "transfer_id", "trf_", 403);
    window.open("#/accounts/alice").settled();

    window.mark("statement-csv").click();

    assertThat(window.text("The statement was not saved")).isVisible();
    assertThat(window.text("Gone away.")).isVisible();
    assertThat(downloads).hasValue(0);
  }
}
