package io.quittance.payment.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quittance.fraud.Verdict;
import io.quittance.money.Money;
import io.quittance.web.Problem.Outcome;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A payment as JSON, in answers and in events. */
public record PaymentBody(
    String id,
    PaymentStatus status,
    @Min(1) @Max(Money.MAX_AMOUNT) long amount,
    String currency,
    String payer,
    String payee,
    CaptureMethod captureMethod,
    long amountCapturable,
    long amountCaptured,
    long amountRefunded,
    @Nullable String reference,
    @Nullable String batchId,
    @Nullable String description,
    @JsonRawValue String metadata,
    @Nullable Verdict fraud,
    @Nullable FailureBody failure,
    DeadlineBody deadline,
    Instant createdAt,
    @Nullable Instant authorizedAt,
    @Nullable Instant capturedAt,
    @Nullable Instant canceledAt,
    @Nullable Instant expiresAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Outcome outcome,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant resolvesBy) {

  public record FailureBody(
      @Schema(implementation = ProblemCode.class) String code, String detail) {}

  public static PaymentBody from(Payment payment) {
    PaymentTerms terms = payment.terms();
    Failure failure = payment.failure();
    boolean open = !payment.concluded();
    return new PaymentBody(
        TypeId.format("pay", terms.id()),
        payment.status(),
        terms.money().amount(),
        terms.money().currency(),
        terms.payer(),
        terms.payee(),
        terms.captureMethod(),
        payment.amountCapturable(),
        payment.amountCaptured(),
        payment.amountRefunded(),
        terms.texts().reference(),
        terms.batchId() == null ? null : TypeId.format("bat", terms.batchId()),
        terms.texts().description(),
        terms.texts().metadataJson(),
        payment.verdict(),
        failure == null ? null : new FailureBody(failure.code(), failure.detail()),
        new DeadlineBody(terms.grantedMs(), payment.usedMs()),
        terms.createdAt(),
        payment.timestamps().authorizedAt(),
        payment.timestamps().capturedAt(),
        payment.timestamps().canceledAt(),
        payment.timestamps().expiresAt(),
        open ? Outcome.UNKNOWN : null,
        open ? terms.resolvesBy() : null);
  }
}
