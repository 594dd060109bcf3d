package io.quittance.fraud;

import io.quittance.money.Money;
import java.util.UUID;

/** The payment that is screened. */
public record ScreeningRequest(
    UUID paymentId,
    UUID merchantId,
    Money money,
    String payer,
    String payee,
    String metadataJson) {}
