package io.quittance.ledger.find;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quittance.ledger.Account;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountStatus;
import io.quittance.ledger.AccountTerms;
import io.quittance.ledger.Balances;
import io.quittance.ledger.Transfer;
import io.quittance.ledger.TransferOrder;
import io.quittance.ledger.find.LedgerQueries.StatementLine;
import io.quittance.money.Money;
import io.quittance.web.TypeId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The JSON that the ledger answers with. */
public final class LedgerBodies {

  private LedgerBodies() {}

  public record AccountBody(
      String id,
      String currency,
      @Nullable String name,
      AccountKind kind,
      AccountStatus status,
      long overdraftLimit,
      @JsonRawValue String metadata,
      Balances balances,
      Instant createdAt) {

    public static AccountBody from(Account account) {
      AccountTerms terms = account.terms();
      return new AccountBody(
          account.key().id(),
          terms.currency(),
          terms.name(),
          terms.kind(),
          account.status(),
          terms.overdraftLimit(),
          terms.metadataJson(),
          account.balances(),
          account.createdAt());
    }
  }

  public record EntryBody(
      String transferId,
      long amount,
      long balanceAfter,
      @Nullable String paymentId,
      @Nullable String reference,
      Instant createdAt) {

    public static EntryBody from(StatementLine line) {
      return new EntryBody(
          TypeId.format("trf", line.transferId()),
          line.amount(),
          line.balanceAfter(),
          line.paymentId() == null ? null : TypeId.format("pay", line.paymentId()),
          line.reference(),
          line.createdAt());
    }
  }

  public record TransferBody(
      String id,
      String from,
      String to,
      @Min(1) @Max(Money.MAX_AMOUNT) long amount,
      String currency,
      Transfer.State state,
      @Nullable String paymentId,
      @Nullable String reference,
      @Nullable String reverses,
      @Nullable String reason,
      @JsonRawValue String metadata,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant endedAt) {

    public static TransferBody from(Transfer transfer) {
      TransferOrder order = transfer.order();
      return new TransferBody(
          TypeId.format("trf", order.id()),
          order.from(),
          order.to(),
          order.money().amount(),
          order.money().currency(),
          transfer.state(),
          order.paymentId() == null ? null : TypeId.format("pay", order.paymentId()),
          order.reference(),
          transfer.reverses() == null ? null : TypeId.format("trf", transfer.reverses()),
          transfer.reason(),
          order.metadataJson(),
          transfer.createdAt(),
          transfer.expiresAt(),
          transfer.endedAt());
    }
  }
}
