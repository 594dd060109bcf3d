package io.quittance.ledger;

import io.quittance.database.Instants;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All values of one side of a posted transfer, as stored. Nothing is validated, so that damaged
 * rows can be read, too.
 *
 * @param amount signed, minor units
 * @param counterparty the account on the other side
 */
public record EntryContent(
    UUID transferId,
    String account,
    String counterparty,
    long number,
    long amount,
    long balanceAfter,
    String currency,
    @Nullable UUID paymentId,
    @Nullable String reference,
    String metadataJson,
    @Nullable Reversal reversal,
    Instant createdAt,
    Instant postedAt) {

  public static EntryContent read(ResultSet rs) throws SQLException {
    return new EntryContent(
        rs.getObject("id", UUID.class),
        rs.getString("account_id"),
        rs.getString("counterparty"),
        rs.getLong("number"),
        rs.getLong("amount"),
        rs.getLong("balance_after"),
        rs.getString("currency"),
        rs.getObject("payment_id", UUID.class),
        rs.getString("reference"),
        rs.getString("metadata"),
        Transfer.reversal(rs),
        Instants.read(rs, "created_at"),
        Instants.read(rs, "ended_at"));
  }
}
