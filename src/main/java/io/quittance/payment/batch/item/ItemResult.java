package io.quittance.payment.batch.item;

import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The result of an item of a batch.
 *
 * @param paymentId null: no payment was made
 * @param code why the item did not succeed, and {@code detail} in words; null: it succeeded
 */
public record ItemResult(
    ItemStatus status, @Nullable UUID paymentId, @Nullable String code, @Nullable String detail) {

  public static final ItemResult NOT_STARTED =
      new ItemResult(ItemStatus.NOT_STARTED, null, null, null);

  /** What became of the item is found out later. */
  public static final ItemResult UNKNOWN = new ItemResult(ItemStatus.UNKNOWN, null, null, null);

  /** The item was refused, and no payment was made. */
  public static ItemResult refused(ProblemCode code, String detail) {
    return new ItemResult(ItemStatus.FAILED, null, code.code(), detail);
  }

  /**
   * The item was refused for this problem; the detail names the conflicting payment, if there is
   * one.
   */
  public static ItemResult refused(Problem problem) {
    String detail = String.valueOf(problem.getMessage());
    return refused(
        problem.code(),
        problem.paymentId() == null
            ? detail
            : "%s That payment is %s.".formatted(detail, problem.paymentId()));
  }

  /** The payment was sent to the journal; its outcome is not known yet. */
  static ItemResult unknown(UUID paymentId) {
    return new ItemResult(ItemStatus.UNKNOWN, paymentId, null, null);
  }

  /** Its payment exists, and has not ended as far as can be told. */
  static ItemResult underWay(@Nullable UUID paymentId) {
    return new ItemResult(ItemStatus.PROCESSING, paymentId, null, null);
  }

  static ItemResult of(Payment payment) {
    ItemStatus status = ItemStatus.of(payment);
    Failure failure =
        status.successful() || status == ItemStatus.IN_REVIEW ? null : payment.failure();
    return new ItemResult(
        status,
        payment.terms().id(),
        failure == null ? null : failure.code(),
        failure == null ? null : failure.detail());
  }
}
