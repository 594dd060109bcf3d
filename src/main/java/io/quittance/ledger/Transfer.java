package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.database.Instants;
import io.quittance.journal.TableColumns;
import io.quittance.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A movement of money in its two phases: pending → posted, voided or expired. A pending transfer
 * holds the payer's funds: its amount is what it still holds. A transfer that has ended never
 * changes. Confined to one thread.
 */
public final class Transfer {

  public static final TableColumns<Transfer> TABLE =
      TableColumns.<Transfer>of("transfers")
          .key("merchant_id", "uuid", transfer -> transfer.order.merchantId())
          .key("id", "uuid", transfer -> transfer.order.id())
          .fixed("from_account", "varchar", transfer -> transfer.order.from())
          .fixed("to_account", "varchar", transfer -> transfer.order.to())
          .fixed("currency", "varchar", transfer -> transfer.order.money().currency())
          .fixed("payment_id", "uuid", transfer -> transfer.order.paymentId())
          .fixed("reference", "varchar", transfer -> transfer.order.reference())
          .fixed("metadata", "varchar", transfer -> transfer.order.metadataJson())
          .fixed("created_at", "timestamp", Transfer::createdAt)
          .fixed("reverses", "uuid", Transfer::reverses)
          .fixed("reason", "varchar", Transfer::reason)
          .changing("amount", "bigint", transfer -> transfer.order.money().amount())
          .changing("state", "varchar", transfer -> transfer.state.text())
          .changing("expires_at", "timestamp", Transfer::expiresAt)
          .changing("ended_at", "timestamp", Transfer::endedAt)
          .changing("from_entry", "bigint", transfer -> number(transfer.fromEntry))
          .changing("to_entry", "bigint", transfer -> number(transfer.toEntry))
          .changing("from_balance_after", "bigint", transfer -> balanceAfter(transfer.fromEntry))
          .changing("to_balance_after", "bigint", transfer -> balanceAfter(transfer.toEntry))
          .changing("from_hash", "bytea", Transfer::fromHash)
          .changing("to_hash", "bytea", Transfer::toHash)
          .build();

  /** The state of a transfer. */
  public enum State {
    PENDING,
    POSTED,
    VOIDED,
    EXPIRED;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One side's part of a posted transfer. */
  record Entry(long number, long balanceAfter) {}

  private TransferOrder order;
  private final Instant createdAt;
  private @Nullable Instant expiresAt;
  private State state = State.PENDING;
  private @Nullable Instant endedAt;
  private @Nullable Entry fromEntry;
  private @Nullable Entry toEntry;
  private byte @Nullable [] fromHash;
  private byte @Nullable [] toHash;

  private static @Nullable Long number(@Nullable Entry entry) {
    return entry == null ? null : entry.number();
  }

  private static @Nullable Long balanceAfter(@Nullable Entry entry) {
    return entry == null ? null : entry.balanceAfter();
  }

  Transfer(TransferOrder order, Instant createdAt, @Nullable Instant expiresAt) {
    this.order = order;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  public static Transfer read(ResultSet rs) throws SQLException {
    var transfer =
        new Transfer(
            new TransferOrder(
                rs.getObject("merchant_id", UUID.class),
                rs.getObject("id", UUID.class),
                rs.getString("from_account"),
                rs.getString("to_account"),
                new Money(rs.getLong("amount"), rs.getString("currency")),
                rs.getObject("payment_id", UUID.class),
                rs.getString("reference"),
                rs.getString("metadata"),
                reversal(rs)),
            Instants.read(rs, "created_at"),
            Instants.readOrNull(rs, "expires_at"));
    transfer.state = State.valueOf(rs.getString("state").toUpperCase(Locale.ROOT));
    transfer.endedAt = Instants.readOrNull(rs, "ended_at");
    if (transfer.state == State.POSTED) {
      transfer.fromEntry = new Entry(rs.getLong("from_entry"), rs.getLong("from_balance_after"));
      transfer.toEntry = new Entry(rs.getLong("to_entry"), rs.getLong("to_balance_after"));
      transfer.fromHash = rs.getBytes("from_hash");
      transfer.toHash = rs.getBytes("to_hash");
    }
    return transfer;
  }

  static @Nullable Reversal reversal(ResultSet rs) throws SQLException {
    UUID reverses = rs.getObject("reverses", UUID.class);
    return reverses == null ? null : new Reversal(reverses, rs.getString("reason"));
  }

  /**
   * Whether it may still be posted. After its expiry it may not, even if it is not stored as
   * expired yet.
   */
  boolean postable(Instant now) {
    return state == State.PENDING && (expiresAt == null || expiresAt.isAfter(now));
  }

  /** Reduces what is held by a part that was captured or released. */
  void reduce(long amount) {
    if (state != State.PENDING) {
      throw new IllegalStateException("transfer %s is %s".formatted(order.id(), state.text()));
    }
    this.order = order.withAmount(Math.subtractExact(order.money().amount(), amount));
  }

  void post(Entry from, Entry to, Instant now) {
    end(State.POSTED, now);
    this.fromEntry = from;
    this.toEntry = to;
  }

  /** Adds the hashes of both entries, by {@link EntryChain}. */
  void seal(byte[] newFromHash, byte[] newToHash) {
    this.fromHash = newFromHash;
    this.toHash = newToHash;
  }

  /** The content of the payer's entry. The transfer must be posted. */
  EntryContent fromContent() {
    return content(
        order.from(), order.to(), -order.money().amount(), Objects.requireNonNull(fromEntry));
  }

  /** The content of the payee's entry. The transfer must be posted. */
  EntryContent toContent() {
    return content(
        order.to(), order.from(), order.money().amount(), Objects.requireNonNull(toEntry));
  }

  private EntryContent content(String account, String counterparty, long amount, Entry entry) {
    return new EntryContent(
        order.id(),
        account,
        counterparty,
        entry.number(),
        amount,
        entry.balanceAfter(),
        order.money().currency(),
        order.paymentId(),
        order.reference(),
        order.metadataJson(),
        order.reversal(),
        createdAt,
        Objects.requireNonNull(endedAt));
  }

  void release(Instant now) {
    end(postable(now) ? State.VOIDED : State.EXPIRED, now);
  }

  void extend(Instant newExpiry) {
    this.expiresAt = newExpiry;
  }

  private void end(State ended, Instant now) {
    if (state != State.PENDING) {
      throw new IllegalStateException("transfer %s is %s".formatted(order.id(), state.text()));
    }
    this.state = ended;
    this.endedAt = now;
  }

  /** Whether it can be reversed: it is posted and belongs to no payment. */
  public boolean reversible() {
    return order.paymentId() == null && state == State.POSTED;
  }

  /** The transfer that it reverses; null: none. */
  public @Nullable UUID reverses() {
    return order.reversal() == null ? null : order.reversal().of();
  }

  /** The reason of the reversal, for people. */
  public @Nullable String reason() {
    return order.reversal() == null ? null : order.reversal().reason();
  }

  public TransferOrder order() {
    return order;
  }

  public State state() {
    return state;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public @Nullable Instant expiresAt() {
    return expiresAt;
  }

  public @Nullable Instant endedAt() {
    return endedAt;
  }

  @Nullable Entry fromEntry() {
    return fromEntry;
  }

  @Nullable Entry toEntry() {
    return toEntry;
  }

  byte @Nullable [] fromHash() {
    return fromHash;
  }

  byte @Nullable [] toHash() {
    return toHash;
  }
}
