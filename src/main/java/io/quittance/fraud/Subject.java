package io.quittance.fraud;

import io.quittance.money.Money;
import java.util.UUID;

/** The payment that is screened. */
public record Subject(
    UUID paymentId,
    UUID merchantId,
    Money money,
    String payer,
    String payee,
    String metadataJson) {}
