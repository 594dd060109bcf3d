package io.quittance.ledger;

import org.jspecify.annotations.Nullable;

/** The fields of a request that name the two accounts of an order, for the texts of refusals. */
enum AccountFields {
  OF_A_TRANSFER("from", "to"),
  OF_A_PAYMENT("payer", "payee"),

  /** The accounts are those of an earlier payment or transfer, and the request names none. */
  NONE(null, null);

  private final @Nullable String from;
  private final @Nullable String to;

  AccountFields(@Nullable String from, @Nullable String to) {
    this.from = from;
    this.to = to;
  }

  /** The fields of an order that is not a refund. */
  static AccountFields of(TransferOrder order) {
    if (order.reversal() != null) {
      return NONE;
    }
    return order.paymentId() == null ? OF_A_TRANSFER : OF_A_PAYMENT;
  }

  /** The account that pays, with its field. */
  String from(TransferOrder order) {
    return named(order.from(), from);
  }

  /** The account that is paid, with its field. */
  String to(TransferOrder order) {
    return named(order.to(), to);
  }

  private static String named(String account, @Nullable String field) {
    return field == null ? account : "%s (`%s`)".formatted(account, field);
  }
}
