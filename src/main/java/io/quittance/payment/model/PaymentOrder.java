package io.quittance.payment.model;

import io.quittance.concurrency.Deadline;
import io.quittance.fraud.ScreeningRequest;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.ledger.TransferOrder;
import io.quittance.money.Money;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A requested payment.
 *
 * @param id the id of the new payment
 * @param holdId the id of its hold
 * @param request the request with its idempotency key
 * @param batchId of the batch that it belongs to; null: none
 * @param holdSeconds how long an authorization or a review may last
 */
public record PaymentOrder(
    UUID id,
    UUID holdId,
    KeyedRequest request,
    Money money,
    String payer,
    String payee,
    CaptureMethod captureMethod,
    Texts texts,
    @Nullable UUID batchId,
    int holdSeconds,
    Deadline deadline) {

  /** What the merchant attached for its own use. */
  public record Texts(
      @Nullable String reference, @Nullable String description, String metadataJson) {

    /** Their weight in a journal transaction: they are written to a row and to an event. */
    public long weight() {
      return 2L * ((description == null ? 0 : description.length()) + metadataJson.length());
    }
  }

  public UUID merchantId() {
    return request.merchantId();
  }

  /** The ids of its two accounts. */
  public Set<String> accounts() {
    return new HashSet<>(Arrays.asList(payer, payee));
  }

  int grantedMs() {
    return (int) deadline.granted().toMillis();
  }

  public int usedMs() {
    return (int) deadline.used().toMillis();
  }

  public ScreeningRequest screeningRequest() {
    return new ScreeningRequest(id, merchantId(), money, payer, payee, texts.metadataJson());
  }

  public TransferOrder holdOrder() {
    return new TransferOrder(
        merchantId(), holdId, payer, payee, money, id, texts.reference(), "{}");
  }
}
