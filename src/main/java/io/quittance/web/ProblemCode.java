package io.quittance.web;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The stable error codes of the REST contract, with their status. */
public enum ProblemCode {
  MALFORMED_JSON(400, "The body is not valid JSON"),
  UNKNOWN_FIELD(400, "The body has a field that does not exist"),
  INVALID_REQUEST(400, "The request is not valid"),
  IDEMPOTENCY_KEY_REQUIRED(400, "The header Idempotency-Key is required"),
  INVALID_IDEMPOTENCY_KEY(400, "The header Idempotency-Key is not valid"),
  INVALID_DEADLINE(400, "The header Payment-Deadline-Ms is not valid"),
  INVALID_CURSOR(400, "The cursor is not valid"),
  UNAUTHORIZED(401, "Valid credentials are required"),
  MERCHANT_DISABLED(403, "The merchant is disabled"),
  INSUFFICIENT_SCOPE(403, "The credentials lack a required scope"),
  NOT_FOUND(404, "Not found"),
  INSUFFICIENT_FUNDS(402, "There are not enough funds"),
  FRAUD_DECLINED(402, "The payment was declined as possible fraud"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  NOT_ACCEPTABLE(406, "No acceptable representation"),
  REQUEST_TOO_LARGE(413, "The request is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The media type is not supported"),
  IDEMPOTENCY_IN_PROGRESS(409, "A request with this key is still running"),
  STALE_VERSION(409, "The version is stale"),
  DUPLICATE_REFERENCE(409, "The reference is in use"),
  ACCOUNT_EXISTS(409, "The account exists with other values"),
  ACCOUNT_NOT_EMPTY(409, "The account's balances are not zero"),
  INVALID_STATE(409, "The object's state does not allow this"),
  IDEMPOTENCY_KEY_REUSED(422, "The key was used for another request"),
  ACCOUNT_NOT_FOUND(422, "There is no such account"),
  ACCOUNT_FROZEN(422, "An account is frozen"),
  ACCOUNT_CLOSED(422, "An account is closed"),
  CURRENCY_MISMATCH(422, "The currencies differ"),
  SAME_ACCOUNT(422, "Both sides are the same account"),
  AMOUNT_EXCEEDS_CAPTURABLE(422, "The amount exceeds what can be captured"),
  AMOUNT_EXCEEDS_REFUNDABLE(422, "The amount exceeds what can be refunded"),
  AMOUNT_EXCEEDS_REVERSIBLE(422, "The amount exceeds what can be reversed"),
  BALANCE_OUT_OF_RANGE(422, "A balance would leave its range"),
  BATCH_REFUSED(422, "An item of the batch cannot be paid"),
  REVIEW_REQUIRED(422, "A person has to review the payment"),
  RATE_LIMITED(429, "Too many requests"),
  INTERNAL_ERROR(500, "An internal error"),
  OVERLOADED(503, "The service is overloaded"),
  DEPENDENCY_UNAVAILABLE(503, "A dependency is unavailable"),
  DEADLINE_EXCEEDED(504, "The deadline has passed");

  /** The codes with which all operations of one kind are refused. */
  public enum Refusals {

    /** No codes but those that every operation may have. */
    NONE(EnumSet.noneOf(ProblemCode.class)),

    /** Of whatever moves money from one account to another. */
    TRANSFERS(
        EnumSet.of(
            INSUFFICIENT_FUNDS,
            ACCOUNT_NOT_FOUND,
            ACCOUNT_FROZEN,
            ACCOUNT_CLOSED,
            CURRENCY_MISMATCH,
            SAME_ACCOUNT,
            BALANCE_OUT_OF_RANGE)),

    /** Of new payments, which are transfers. */
    PAYMENTS(with(TRANSFERS, DUPLICATE_REFERENCE)),

    /** Of refunds and reversals, whose accounts are known. */
    RETURNS(EnumSet.of(INVALID_STATE, INSUFFICIENT_FUNDS, ACCOUNT_CLOSED, BALANCE_OUT_OF_RANGE));

    private final Set<ProblemCode> codes;

    Refusals(Set<ProblemCode> codes) {
      this.codes = Collections.unmodifiableSet(codes);
    }

    public Set<ProblemCode> codes() {
      return codes;
    }

    private static Set<ProblemCode> with(Refusals others, ProblemCode... codes) {
      Set<ProblemCode> all = EnumSet.copyOf(others.codes);
      Collections.addAll(all, codes);
      return all;
    }
  }

  private static final Map<String, ProblemCode> BY_TEXT =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(ProblemCode::code, code -> code));

  private final int status;
  private final String title;

  ProblemCode(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** Whether the same request may succeed later, unchanged. */
  public boolean retryable() {
    return switch (this) {
      case IDEMPOTENCY_IN_PROGRESS,
          RATE_LIMITED,
          INTERNAL_ERROR,
          OVERLOADED,
          DEPENDENCY_UNAVAILABLE,
          DEADLINE_EXCEEDED ->
          true;
      default -> false;
    };
  }

  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The constant with this {@link #code()}; empty: a code of a later version. */
  public static Optional<ProblemCode> find(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }
}
