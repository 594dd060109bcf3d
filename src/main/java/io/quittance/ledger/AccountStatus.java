package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.ProblemCode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The status of an account, which decides the transfers that it allows. */
public enum AccountStatus {
  OPEN(null, null),
  /** Payments that have started go on; new ones are refused. */
  FROZEN(ProblemCode.ACCOUNT_FROZEN, null),
  /** Final, with balances of zero. */
  CLOSED(ProblemCode.ACCOUNT_CLOSED, ProblemCode.ACCOUNT_CLOSED);

  private final @Nullable ProblemCode refusal;
  private final @Nullable ProblemCode refusalOfReturn;

  AccountStatus(@Nullable ProblemCode refusal, @Nullable ProblemCode refusalOfReturn) {
    this.refusal = refusal;
    this.refusalOfReturn = refusalOfReturn;
  }

  /** Why money cannot be moved from or to such an account; empty if it can. */
  Optional<ProblemCode> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Why not even a refund is possible; empty if it is. */
  Optional<ProblemCode> refusalOfReturn() {
    return Optional.ofNullable(refusalOfReturn);
  }

  /** Whether the account can no longer change. */
  public boolean isFinal() {
    return this == CLOSED;
  }

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AccountStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
