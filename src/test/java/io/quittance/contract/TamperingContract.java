package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whoever changes the books behind the service's back is found out. The payments r1 … r4 from alice
 * to shop are alice's entries 2 … 5 and the shop's 1 … 4.
 */
abstract class TamperingContract extends Contract {

  /** Citus adds no interval to a column of the row itself. */
  private static final String SAME_TRANSFER =
      "from transfers t where t.merchant_id = transfers.merchant_id and t.id = transfers.id";

  @Autowired private JdbcClient jdbc;
  private UUID merchantId;

  @BeforeEach
  void pay() {
    String account = "zz." + UUID.randomUUID();
    merchant.open(account);
    merchantId =
        jdbc.sql("select merchant_id from accounts where id = ?")
            .param(account)
            .query(UUID.class)
            .single();
    merchant.open("bob");
    for (int i = 1; i <= 4; i++) {
      merchant.pay(order(100 * i, "alice", "shop").put("reference", "r" + i)).is(201);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          amount = amount + 1                                             | hash_mismatch
          amount = amount + 1, from_balance_after = from_balance_after - 1 | hash_mismatch
          from_balance_after = from_balance_after + 1                     | hash_mismatch
          currency = 'USD'                                                | hash_mismatch
          currency = 'ZZZ'                                                | hash_mismatch
          to_account = 'bob'                                              | hash_mismatch
          payment_id = null                                               | hash_mismatch
          reference = 'other'                                             | hash_mismatch
          reference = null                                                | hash_mismatch
          reverses = id                                                   | hash_mismatch
          metadata = '{"a":"b"}'                                          | hash_mismatch
          created_at = (select t.created_at - interval '0.000001' second {same}) | hash_mismatch
          ended_at = (select t.ended_at + interval '0.000001' second {same})     | hash_mismatch
          from_hash = to_hash                                             | hash_mismatch
          from_hash = null                                                | hash_missing
          id = 'a0000000-0000-7000-8000-000000000000'                     | hash_mismatch
          """)
  void findsAChangedEntry(String change, String reason) {
    intact();
    String r2 = transfer("alice", 3);
    saved(
        () -> {
          sql(
              "update transfers set "
                  + change.replace("{same}", SAME_TRANSFER)
                  + " where merchant_id = :m and reference = 'r2'");

          Answer answer = found("alice", 3L, reason);
          if (!change.startsWith("id")) {
            assertThat(answer.text("/first_bad/transfer_id")).isEqualTo(r2);
          }
        });
  }

  @Test
  void findsAChangeOfThePayeesSide() {
    saved(
        () -> {
          sql(
              "update transfers set to_balance_after = 1 where merchant_id = :m and reference = 'r2'");

          Answer answer = found("shop", 2L, "hash_mismatch");
          assertThat(answer.text("/first_bad/transfer_id")).isEqualTo(transfer("alice", 3));
        });
  }

  @Test
  void findsAnEntryThatWasMovedToAnotherAccount() {
    saved(
        () -> {
          sql(
              "update transfers set from_account = 'bob' where merchant_id = :m and reference = 'r2'");

          found("alice", 3L, "missing");
          assertThat(verify("?account=bob").text("/first_bad/reason"))
              .isEqualTo("beyond_entry_count");
        });
  }

  @Test
  void findsADeletedEntry() {
    saved(
        () -> {
          sql("delete from transfers where merchant_id = :m and reference = 'r2'");

          found("alice", 3L, "missing");
        });
  }

  @Test
  void findsSwappedEntries() {
    String r3 = transfer("alice", 4);
    saved(
        () -> {
          sql(
              "update transfers set from_entry = from_entry + 100, to_entry = to_entry + 100"
                  + " where merchant_id = :m and reference in ('r2', 'r3')");
          sql(
              "update transfers set from_entry = 4, to_entry = 3"
                  + " where merchant_id = :m and reference = 'r2'");
          sql(
              "update transfers set from_entry = 3, to_entry = 2"
                  + " where merchant_id = :m and reference = 'r3'");

          Answer answer = found("alice", 3L, "hash_mismatch");
          assertThat(answer.text("/first_bad/transfer_id")).isEqualTo(r3);
        });
  }

  @Test
  void findsATruncatedTail() {
    saved(
        () -> {
          sql("delete from transfers where merchant_id = :m and reference = 'r4'");
          found("alice", 5L, "missing");

          sql(
              "update accounts set entry_count = 4, posted = posted + 400"
                  + " where merchant_id = :m and id = 'alice'");
          found("alice", null, "account_head_mismatch");

          sql(
              "update accounts set chain_head = (select from_hash from transfers where merchant_id = :m"
                  + " and reference = 'r3') where merchant_id = :m and id = 'alice'");
          found("alice", null, "account_time_mismatch");

          sql(
              "update accounts set last_entry_at = (select ended_at from transfers"
                  + " where merchant_id = :m and reference = 'r3')"
                  + " where merchant_id = :m and id = 'alice'");
          found("shop", 4L, "missing");
        });
  }

  @Test
  void findsAChangedReversal() {
    String id = merchant.transfer(move(7, "alice", "shop")).send().is(201).id();
    merchant
        .call("POST", "/v1/transfers/" + id + "/reverse")
        .randomKey()
        .body(object("reason", "a slip"))
        .send()
        .is(201);
    for (String change : List.of("reason = 'else'", "reason = null", "reverses = null")) {
      saved(
          () -> {
            sql("update transfers set " + change + " where merchant_id = :m and reason = 'a slip'");

            found("alice", 7L, "hash_mismatch");
          });
    }
  }

  @Test
  void findsAnEntryThatIsDatedBeforeTheOneBeforeIt() {
    sql(
        "update accounts set last_entry_at = (select a.last_entry_at + interval '1' hour"
            + " from accounts a where a.merchant_id = accounts.merchant_id and a.id = accounts.id)"
            + " where merchant_id = :m");
    merchant.transfer(move(1, "alice", "bob")).send().is(201);
    sql("update accounts set last_entry_at = null where merchant_id = :m");
    merchant.transfer(move(1, "alice", "bob")).send().is(201);

    found("alice", 7L, "time_goes_back");
  }

  @Test
  void findsAForgedEntry() {
    saved(
        () -> {
          sql(
              """
              insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
                  metadata, created_at, ended_at, from_entry, to_entry, from_balance_after, to_balance_after)
              select merchant_id, 'a0000000-0000-7000-8000-000000000000', from_account, to_account, 1, currency,
                  state, metadata, created_at, ended_at, 6, 5, from_balance_after - 1, to_balance_after + 1
                from transfers where merchant_id = :m and reference = 'r4'
              """);
          found("alice", 6L, "beyond_entry_count");

          sql(
              "update accounts set posted = posted - 1, entry_count = entry_count + 1"
                  + " where merchant_id = :m and id = 'alice'");
          found("alice", 6L, "hash_missing");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          posted = posted + 1            |   | account_balance_mismatch
          chain_head = null              |   | account_head_mismatch
          entry_count = entry_count + 1  | 6 | missing
          entry_count = entry_count - 1  | 5 | beyond_entry_count
          currency = 'USD'               | 1 | currency_mismatch
          last_entry_at = created_at     |   | account_time_mismatch
          """)
  void findsAChangedAccount(String change, Long number, String reason) {
    saved(
        () -> {
          sql("update accounts set " + change + " where merchant_id = :m and id = 'alice'");

          found("alice", number, reason);
        });
  }

  @Test
  void findsEntriesWhoseAccountIsGone() {
    saved(
        () -> {
          sql("delete from accounts where merchant_id = :m and id = 'alice'");

          found("alice", 1L, "account_missing");
        });
  }

  @Test
  void startsAChainWhereEarlierEntriesEnd() {
    saved(
        () -> {
          sql("update transfers set from_hash = null, to_hash = null where merchant_id = :m");
          sql("update accounts set chain_head = null where merchant_id = :m");
          assertThat(intact().number("/unchained")).isEqualTo(10);

          merchant.pay(order(5, "alice", "shop").put("reference", "r5")).is(201);
          merchant.pay(order(6, "alice", "shop").put("reference", "r6")).is(201);
          Answer answer = intact();
          assertThat(answer.number("/unchained")).isEqualTo(10);
          assertThat(answer.number("/entries")).isEqualTo(14);

          sql("update transfers set amount = 101 where merchant_id = :m and reference = 'r1'");
          found("alice", 2L, "balance_mismatch");
          sql("update transfers set amount = 100 where merchant_id = :m and reference = 'r1'");
          sql("update transfers set from_hash = null where merchant_id = :m and reference = 'r5'");
          found("alice", 7L, "hash_mismatch");
        });
  }

  @Test
  void givesADigestThatChangesWithEveryEntry() {
    String before = intact().text("/digest");
    assertThat(intact().text("/digest")).isEqualTo(before).matches("[0-9a-f]{64}");

    merchant.transfer(move(1, "alice", "bob")).send().is(201);

    assertThat(intact().text("/digest")).isNotEqualTo(before);
  }

  @Test
  void repeatsTheDigestOfAnEarlierInstant() {
    String at = entry("shop", 2).path("created_at").asText();
    String then = verify("?at=" + at).text("/digest");

    merchant.transfer(move(1, "alice", "bob")).send().is(201);
    merchant.open("anna");

    assertThat(verify("?at=" + at).text("/digest")).isEqualTo(then);
    assertThat(verify("").text("/digest")).isNotEqualTo(then);
    assertThat(verify("?at=" + at + "&account=shop").text("/digest"))
        .isNotEqualTo(verify("?account=shop").text("/digest"));
  }

  @Test
  void verifiesOneAccountAlone() {
    saved(
        () -> {
          sql("update accounts set posted = posted + 1 where merchant_id = :m and id = 'alice'");

          Answer shop = verify("?account=shop");
          assertThat(shop.body().path("intact").asBoolean()).isTrue();
          assertThat(shop.number("/accounts")).isEqualTo(1);
          assertThat(shop.number("/entries")).isEqualTo(4);
          assertThat(verify("?account=alice").text("/first_bad/account_id")).isEqualTo("alice");
        });
  }

  private Answer verify(String query) {
    return merchant.get("/v1/ledger/verify" + query).is(200);
  }

  private Answer intact() {
    Answer answer = verify("");
    assertThat(answer.body().path("intact").asBoolean()).as(answer.text()).isTrue();
    assertThat(answer.number("/accounts")).isEqualTo(5);
    return answer;
  }

  private Answer found(String account, Long number, String reason) {
    Answer answer = verify("");
    assertThat(answer.body().path("intact").asBoolean()).as(answer.text()).isFalse();
    assertThat(answer.body().has("digest")).as("a digest of bad books").isFalse();
    JsonNode bad = answer.body().path("first_bad");
    assertThat(bad.path("account_id").asText()).as(answer.text()).isEqualTo(account);
    assertThat(bad.path("reason").asText()).as(answer.text()).isEqualTo(reason);
    assertThat(bad.has("number") ? bad.path("number").asLong() : null)
        .as(answer.text())
        .isEqualTo(number);
    return answer;
  }

  private String transfer(String account, int number) {
    return entry(account, number).path("transfer_id").asText();
  }

  private JsonNode entry(String account, int number) {
    JsonNode data =
        merchant.get("/v1/accounts/" + account + "/entries?limit=100").body().path("data");
    return data.get(data.size() - number);
  }

  /** Tampers, and puts everything back: then the books must be intact again. */
  private void saved(Runnable tampering) {
    String copy = "copy_" + UUID.randomUUID().toString().replace('-', '_');
    for (String table : List.of("transfers", "accounts")) {
      sql(
          "create table %s_%s as select * from %s where merchant_id = :m"
              .formatted(copy, table, table));
    }
    tampering.run();
    for (String table : List.of("transfers", "accounts")) {
      sql("delete from %s where merchant_id = :m".formatted(table));
      sql("insert into %s select * from %s_%s".formatted(table, copy, table));
    }
    intact();
  }

  private void sql(String statement) {
    // H2 and PostgreSQL take no parameters in "create table as".
    jdbc.sql(statement.replace(":m", "'" + merchantId + "'")).update();
  }
}
