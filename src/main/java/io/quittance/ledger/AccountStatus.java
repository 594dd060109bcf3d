package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.ProblemCode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an account takes part in. */
public enum AccountStatus {
  OPEN(null, null),
  /** What was begun goes on; nothing is begun. */
  FROZEN(ProblemCode.ACCOUNT_FROZEN, null),
  /** For good, and empty. */
  CLOSED(ProblemCode.ACCOUNT_CLOSED, ProblemCode.ACCOUNT_CLOSED);

  private final @Nullable ProblemCode refusal;
  private final @Nullable ProblemCode refusalOfReturn;

  AccountStatus(@Nullable ProblemCode refusal, @Nullable ProblemCode refusalOfReturn) {
    this.refusal = refusal;
    this.refusalOfReturn = refusalOfReturn;
  }

  /** Why money is not moved from or to such an account; empty when it is. */
  Optional<ProblemCode> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Why not even money goes back that had been moved; empty when it does. */
  Optional<ProblemCode> refusalOfReturn() {
    return Optional.ofNullable(refusalOfReturn);
  }

  /** Whether the account stays as it is for good: it is empty, and is not changed any more. */
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
