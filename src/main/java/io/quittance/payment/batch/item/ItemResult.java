package io.quittance.payment.batch.item;

import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of an item of a batch.
 *
 * @param paymentId null where no payment was made
 * @param code why it did not end well, and {@code detail} in words; null where it did
 */
public record ItemResult(
    ItemStatus status, @Nullable UUID paymentId, @Nullable String code, @Nullable String detail) {

  public static final ItemResult NOT_STARTED =
      new ItemResult(ItemStatus.NOT_STARTED, null, null, null);

  /** What became of it is found out later. */
  public static final ItemResult UNKNOWN = new ItemResult(ItemStatus.UNKNOWN, null, null, null);

  /** It came to nothing, and no payment was made. */
  public static ItemResult refused(ProblemCode code, String detail) {
    return new ItemResult(ItemStatus.FAILED, null, code.code(), detail);
  }

  /** As the problem says, which names the payment that stands in the way, if one does. */
  public static ItemResult refused(Problem problem) {
    String detail = String.valueOf(problem.getMessage());
    return refused(
        problem.code(),
        problem.paymentId() == null
            ? detail
            : "%s It is %s.".formatted(detail, problem.paymentId()));
  }

  /** The payment was sent to the journal, and its outcome is not known yet. */
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
