package io.quittance.payment.model;

import io.quittance.fraud.Verdict;
import io.quittance.payment.EventType;
import io.quittance.payment.PaymentEvent;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A payment and its transitions: each checks that it is allowed, makes the change, and records its
 * event. Confined to the journal's thread until its transaction has committed, and unchanged from
 * then on.
 *
 * <p>It is long because it has all transitions, each a short method, so that one class shows which
 * may follow which.
 */
public final class Payment {

  private PaymentTerms terms;
  private final @Nullable PaymentStatus storedStatus;
  private final int storedEvents;
  private final boolean counted;
  private PaymentStatus status = PaymentStatus.PROCESSING;
  private long amountCaptured;
  private long amountRefunded;
  private @Nullable Verdict verdict;
  private @Nullable Failure failure;
  private @Nullable PaymentStatus firstStatus;
  private int usedMs;
  private int eventCount;
  private PaymentTimestamps timestamps = PaymentTimestamps.NONE;
  private final List<PaymentEvent> pendingEvents = new ArrayList<>(1);
  private final AtomicBoolean endNotLogged = new AtomicBoolean();

  private Payment(
      PaymentTerms terms, @Nullable PaymentStatus storedStatus, int storedEvents, boolean counted) {
    this.terms = terms;
    this.storedStatus = storedStatus;
    this.storedEvents = storedEvents;
    this.counted = counted;
  }

  /**
   * A payment that is still undecided, until {@code resolvesBy} at the latest. If it has a hold id,
   * its funds are held.
   */
  public static Payment processing(
      PaymentOrder order, @Nullable UUID holdId, Instant now, Instant resolvesBy) {
    return new Payment(
        new PaymentTerms(
            order.merchantId(),
            order.id(),
            order.money(),
            order.payer(),
            order.payee(),
            order.captureMethod(),
            order.texts(),
            order.batchId(),
            holdId,
            order.holdSeconds(),
            order.grantedMs(),
            now,
            resolvesBy),
        null,
        0,
        true);
  }

  /**
   * The stored state.
   *
   * @param firstStatus as in {@link Payment#firstStatus()}
   * @param counted whether analytics counts it; earlier versions did not
   */
  public record Stored(
      PaymentTerms terms,
      PaymentStatus status,
      long amountCaptured,
      long amountRefunded,
      @Nullable Verdict verdict,
      @Nullable Failure failure,
      @Nullable PaymentStatus firstStatus,
      int usedMs,
      int eventCount,
      PaymentTimestamps timestamps,
      boolean counted) {}

  static Payment fromRow(Stored row) {
    var payment = new Payment(row.terms(), row.status(), row.eventCount(), row.counted());
    payment.status = row.status();
    payment.amountCaptured = row.amountCaptured();
    payment.amountRefunded = row.amountRefunded();
    payment.verdict = row.verdict();
    payment.failure = row.failure();
    payment.firstStatus = row.firstStatus();
    payment.usedMs = row.usedMs();
    payment.eventCount = row.eventCount();
    // Earlier versions kept the expiry of payments that had ended.
    payment.timestamps = payment.waits() ? row.timestamps() : row.timestamps().withoutExpiry();
    return payment;
  }

  public Stored toRow() {
    return new Stored(
        terms,
        status,
        amountCaptured,
        amountRefunded,
        verdict,
        failure,
        firstStatus,
        usedMs,
        eventCount,
        timestamps,
        counted);
  }

  /** Records the verdict; one of the next transitions applies it. */
  public void screened(Verdict answer) {
    require(PaymentStatus.PROCESSING);
    verdict = answer;
  }

  /** Authorizes the payment: the funds stay held until the merchant captures them. */
  void authorize(Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    Instant expiresAt = timestamps.expiresAt() == null ? holdExpiry(now) : timestamps.expiresAt();
    timestamps = new PaymentTimestamps(now, null, null, expiresAt);
    become(PaymentStatus.AUTHORIZED, EventType.PAYMENT_AUTHORIZED, now);
  }

  /** Records that the money has moved. */
  void succeed(Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    amountCaptured = terms.money().amount();
    timestamps = new PaymentTimestamps(now, now, null, null);
    become(PaymentStatus.SUCCEEDED, EventType.PAYMENT_SUCCEEDED, now);
  }

  /** Sends the payment to review: the funds stay held until a person has decided. */
  public void sendToReview(Instant now) {
    require(PaymentStatus.PROCESSING);
    timestamps = new PaymentTimestamps(null, null, null, holdExpiry(now));
    become(PaymentStatus.IN_REVIEW, EventType.PAYMENT_IN_REVIEW, now);
  }

  /** Declines the payment: for insufficient funds, by screening, or by a reviewer. */
  public void decline(Failure reason, Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    failure = reason;
    become(PaymentStatus.DECLINED, EventType.PAYMENT_DECLINED, now);
  }

  /** Fails the payment; no money has moved. */
  public void fail(Failure reason, Instant now) {
    require(PaymentStatus.PROCESSING);
    failure = reason;
    become(PaymentStatus.FAILED, EventType.PAYMENT_FAILED, now);
  }

  /** Whether it is still processing after its {@code resolves_by}. */
  public boolean stranded(Instant now) {
    return !concluded() && !now.isBefore(terms.resolvesBy());
  }

  /**
   * Fails a payment that has not ended in time. Its hold can no longer be posted, so no other end
   * is possible.
   */
  public void failStranded(Instant now) {
    usedMs = terms.grantedMs();
    fail(Failure.deadlineExceeded(), now);
  }

  /** The payment as readers see it: a stranded one has failed, even if that is not stored yet. */
  Payment seenAt(Instant now) {
    if (stranded(now)) {
      failStranded(now);
      pendingEvents.clear();
    }
    return this;
  }

  /** Records a capture of held money. The last capture ends the hold. */
  public void capture(long amount, boolean last, Instant now) {
    require(PaymentStatus.AUTHORIZED);
    amountCaptured = Math.addExact(amountCaptured, amount);
    timestamps = timestamps.capturedAt(now);
    recordEvent(EventType.PAYMENT_CAPTURED, now, PaymentBody.from(this));
    if (last) {
      become(PaymentStatus.SUCCEEDED, EventType.PAYMENT_SUCCEEDED, now);
    }
  }

  /** Cancels the payment: what was still held is released; what was captured stays captured. */
  public void cancel(Instant now) {
    require(PaymentStatus.AUTHORIZED);
    if (amountCaptured > 0) {
      become(PaymentStatus.SUCCEEDED, EventType.PAYMENT_SUCCEEDED, now);
    } else {
      timestamps = timestamps.canceledAt(now);
      become(PaymentStatus.CANCELED, EventType.PAYMENT_CANCELED, now);
    }
  }

  /** Expires the payment: its hold has expired; what was captured stays captured. */
  public void expire(Instant now) {
    require(PaymentStatus.AUTHORIZED, PaymentStatus.IN_REVIEW);
    if (amountCaptured > 0) {
      become(PaymentStatus.SUCCEEDED, EventType.PAYMENT_SUCCEEDED, now);
    } else {
      become(PaymentStatus.EXPIRED, EventType.PAYMENT_EXPIRED, now);
    }
  }

  /** Records a refund of captured money. */
  public void refund(Refunded refunded, Instant now) {
    require(PaymentStatus.AUTHORIZED, PaymentStatus.SUCCEEDED);
    amountRefunded = Math.addExact(amountRefunded, refunded.amount());
    recordEvent(EventType.REFUND_SUCCEEDED, now, RefundBody.from(refunded));
  }

  /** Changes description or metadata, in any state, without an event. */
  public void describe(@Nullable String description, String metadataJson) {
    terms =
        terms.with(new PaymentOrder.Texts(terms.texts().reference(), description, metadataJson));
  }

  private void require(PaymentStatus... allowed) {
    for (PaymentStatus candidate : allowed) {
      if (status == candidate) {
        return;
      }
    }
    throw new IllegalStateException("payment %s is %s".formatted(terms.id(), status.text()));
  }

  private void become(PaymentStatus next, EventType event, Instant now) {
    status = next;
    endNotLogged.set(next.unsuccessful());
    if (!waits()) {
      timestamps = timestamps.withoutExpiry();
    }
    if (firstStatus == null) {
      firstStatus = next;
    }
    recordEvent(event, now, PaymentBody.from(this));
  }

  private void recordEvent(EventType event, Instant now, Object data) {
    pendingEvents.add(
        new PaymentEvent(
            terms.merchantId(),
            TypeId.next(),
            terms.id(),
            terms.id(),
            ++eventCount,
            event,
            now,
            data));
  }

  public Instant holdExpiry(Instant now) {
    return now.plusSeconds(terms.holdSeconds());
  }

  /** Records how much of the deadline was used when the payment was decided. */
  public void deadlineUsed(int milliseconds) {
    usedMs = milliseconds;
  }

  /** Whether it is not {@code processing} any more; authorized and in review count. */
  public boolean concluded() {
    return status != PaymentStatus.PROCESSING;
  }

  /** Whether funds are held until a merchant, or a reviewer, has decided. */
  public boolean waits() {
    return status == PaymentStatus.AUTHORIZED || status == PaymentStatus.IN_REVIEW;
  }

  /** The amount that can still be captured, in minor units. */
  public long amountCapturable() {
    return status == PaymentStatus.AUTHORIZED ? terms.money().amount() - amountCaptured : 0;
  }

  /** The amount that can still be refunded, in minor units. */
  public long amountRefundable() {
    return amountCaptured - amountRefunded;
  }

  /**
   * Returns true once after the payment became unsuccessful, so that this is logged once.
   * Thread-safe.
   */
  boolean markEndLogged() {
    return endNotLogged.compareAndSet(true, false);
  }

  /** Removes and returns the events that are not stored yet. */
  public List<PaymentEvent> drainEvents() {
    List<PaymentEvent> taken = List.copyOf(pendingEvents);
    pendingEvents.clear();
    return taken;
  }

  public PaymentTerms terms() {
    return terms;
  }

  public PaymentStatus status() {
    return status;
  }

  /** The status when the payment was read; null: it is new. */
  public @Nullable PaymentStatus storedStatus() {
    return storedStatus;
  }

  /** How many events were added since it was read. */
  public int newEvents() {
    return eventCount - storedEvents;
  }

  /** Whether analytics counts it; false for payments of a version without analytics. */
  public boolean counted() {
    return counted;
  }

  public long amountCaptured() {
    return amountCaptured;
  }

  long amountRefunded() {
    return amountRefunded;
  }

  public @Nullable Verdict verdict() {
    return verdict;
  }

  public @Nullable Failure failure() {
    return failure;
  }

  /**
   * The first status after {@code processing}, with which the request was answered, whatever has
   * happened since; null while it is processing.
   */
  public @Nullable PaymentStatus firstStatus() {
    return firstStatus;
  }

  public int usedMs() {
    return usedMs;
  }

  PaymentTimestamps timestamps() {
    return timestamps;
  }
}
