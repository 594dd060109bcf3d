package io.quittance.payment.model;

import io.quittance.money.Money;
import io.quittance.web.TypeId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A refund as JSON, in answers and in events. */
public record RefundBody(
    String id,
    String paymentId,
    String transferId,
    String status,
    @Min(1) @Max(Money.MAX_AMOUNT) long amount,
    String currency,
    @Nullable String reason,
    DeadlineBody deadline,
    Instant createdAt) {

  public static RefundBody from(Refunded refunded) {
    Movement movement = refunded.movement();
    return new RefundBody(
        TypeId.format("ref", movement.id()),
        TypeId.format("pay", movement.paymentId()),
        TypeId.format("trf", movement.transferId()),
        "succeeded",
        movement.money().amount(),
        movement.money().currency(),
        refunded.reason(),
        new DeadlineBody(movement.grantedMs(), movement.usedMs()),
        movement.createdAt());
  }
}
