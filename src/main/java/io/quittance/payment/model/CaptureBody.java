package io.quittance.payment.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quittance.money.Money;
import io.quittance.web.TypeId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;

/** A capture as JSON. */
public record CaptureBody(
    String id,
    String paymentId,
    String transferId,
    String status,
    @Min(1) @Max(Money.MAX_AMOUNT) long amount,
    String currency,
    @JsonProperty("final") boolean last,
    DeadlineBody deadline,
    Instant createdAt) {

  public static CaptureBody from(Captured captured) {
    Movement movement = captured.movement();
    return new CaptureBody(
        TypeId.format("cap", movement.id()),
        TypeId.format("pay", movement.paymentId()),
        TypeId.format("trf", movement.transferId()),
        "succeeded",
        movement.money().amount(),
        movement.money().currency(),
        captured.last(),
        new DeadlineBody(movement.grantedMs(), movement.usedMs()),
        movement.createdAt());
  }
}
