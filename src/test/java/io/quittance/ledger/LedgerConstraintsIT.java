package io.quittance.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.testing.Postgres;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database itself refuses, whoever asks. */
class LedgerConstraintsIT {

  private static final UUID MERCHANT = UUID.randomUUID();

  private final Postgres.Database database = Postgres.create().migrated();
  private final JdbcClient jdbc = JdbcClient.create(database.dataSource());

  @BeforeEach
  void openAccounts() {
    jdbc.sql("insert into merchants (id, name, created_at) values (?, 'm', now())")
        .param(MERCHANT)
        .update();
    account("standard", 100, 20);
    account("external", 0, 0);
  }

  private void account(String kind, long posted, long overdraft) {
    jdbc.sql(
            """
            insert into accounts (merchant_id, id, currency, kind, overdraft_limit, metadata, posted,
                                  pending_out, pending_in, entry_count, created_at)
            values (?, ?, 'EUR', ?, ?, '{}', ?, 0, 0, 0, now())
            """)
        .params(MERCHANT, kind, kind, overdraft, posted)
        .update();
  }

  @Test
  void refuseToOverdrawAStandardAccount() {
    assertThatThrownBy(() -> set("standard", "posted = -21"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("accounts_available");
    set("standard", "posted = -20");
    assertThatThrownBy(() -> set("standard", "pending_out = 1"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("accounts_available");
  }

  @Test
  void letAnExternalAccountGoNegative() {
    set("external", "posted = -1000000");
  }

  @Test
  void refuseBalancesThatNotEveryJsonReaderKeeps() {
    for (String assignment :
        new String[] {
          "posted = 9007199254740992",
          "posted = -9007199254740992",
          "pending_in = 9007199254740992",
          "pending_out = 9007199254740992",
          "posted = 9007199254740991, pending_in = 1",
          "posted = -9007199254740991, pending_out = 1"
        }) {
      assertThatThrownBy(() -> set("external", assignment))
          .as(assignment)
          .isInstanceOf(DataIntegrityViolationException.class)
          .hasMessageContaining("accounts_range");
    }
    set("external", "posted = 9007199254740991, overdraft_limit = 1");
    assertThatThrownBy(() -> set("standard", "posted = 9007199254740972"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("accounts_range");
    set("standard", "posted = 9007199254740971");
  }

  @Test
  void refuseToCloseAnAccountThatHoldsMoney() {
    assertThatThrownBy(() -> set("standard", "status = 'closed'"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("accounts_closed");
    set("external", "status = 'closed'");
    assertThatThrownBy(() -> set("external", "pending_in = 1"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("accounts_closed");
  }

  @Test
  void refuseNegativePendingSums() {
    assertThatThrownBy(() -> set("standard", "pending_in = -1"))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void refuseAPostedTransferWithOnlyOneOfItsEntries() {
    assertThatThrownBy(() -> transfer("posted", 5, "1, null, 10, null"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("transfers_entries");
    assertThatThrownBy(() -> transfer("posted", 5, "null, null, null, null"))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThatThrownBy(() -> transfer("voided", 5, "1, 1, 10, 10"))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void refuseTheSameEntryNumberTwice() {
    transfer("posted", 5, "1, 1, 95, 5");

    assertThatThrownBy(() -> transfer("posted", 5, "1, 2, 90, 10"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("transfers_from_entry");
  }

  @Test
  void makeEntriesOfATransferSumToZeroByConstruction() {
    transfer("posted", 5, "1, 1, 95, 5");

    assertThat(jdbc.sql("select sum(amount) from entries").query(Long.class).single()).isZero();
    assertThat(jdbc.sql("select count(*) from entries").query(Long.class).single()).isEqualTo(2);
  }

  @Test
  void refuseTransfersOfNothing() {
    assertThatThrownBy(() -> transfer("voided", 0, "null, null, null, null"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("transfers_amount");
  }

  private void set(String account, String assignment) {
    jdbc.sql("update accounts set " + assignment + " where merchant_id = ? and id = ?")
        .params(MERCHANT, account)
        .update();
  }

  private void transfer(String state, long amount, String entries) {
    jdbc.sql(
            """
            insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
                                   metadata, created_at, ended_at, from_entry, to_entry,
                                   from_balance_after, to_balance_after)
            values (?, ?, 'standard', 'external', ?, 'EUR', ?, '{}', now(), now(), %s)
            """
                .formatted(entries))
        .params(MERCHANT, UUID.randomUUID(), amount, state)
        .update();
  }
}
