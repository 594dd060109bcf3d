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
 * A payment and every transition of its life: each checks that it is allowed, makes the change, and
 * records its event. Confined to the journal's thread until its transaction has committed, and
 * unchanged from then on.
 *
 * <p>It is long because all transitions stand together, each a short method: what may follow what
 * is read here and nowhere else.
 */
public final class Payment {

  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;

  private PaymentTerms terms;
  private final @Nullable PaymentStatus storedStatus;
  private final int storedEvents;
  private final boolean counted;
  private PaymentStatus status = PaymentStatus.PROCESSING;
  private long amountCaptured;
  private long amountRefunded;
  private @Nullable Verdict verdict;
  private @Nullable Failure failure;
  private int answerStatus;
  private int usedMs;
  private int eventCount;
  private PaymentTimestamps timestamps = PaymentTimestamps.NONE;
  private final List<PaymentEvent> news = new ArrayList<>(1);
  private final AtomicBoolean untoldEnd = new AtomicBoolean();

  private Payment(
      PaymentTerms terms, @Nullable PaymentStatus storedStatus, int storedEvents, boolean counted) {
    this.terms = terms;
    this.storedStatus = storedStatus;
    this.storedEvents = storedEvents;
    this.counted = counted;
  }

  /**
   * A payment whose fate is open, until {@code resolvesBy} at the latest. If there is a hold, its
   * funds are held.
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
   * What is stored of the state.
   *
   * @param counted whether analytics has counted it; versions before that did not
   */
  public record Stored(
      PaymentTerms terms,
      PaymentStatus status,
      long amountCaptured,
      long amountRefunded,
      @Nullable Verdict verdict,
      @Nullable Failure failure,
      int answerStatus,
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
    payment.answerStatus = row.answerStatus();
    payment.usedMs = row.usedMs();
    payment.eventCount = row.eventCount();
    // Releases before this one kept the expiry of what had ended.
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
        answerStatus,
        usedMs,
        eventCount,
        timestamps,
        counted);
  }

  /** Screening has answered; what follows from it is one of the next transitions. */
  public void screened(Verdict answer) {
    require(PaymentStatus.PROCESSING);
    verdict = answer;
  }

  /** The funds stay held until the merchant captures them. */
  void authorize(Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    Instant expiresAt = timestamps.expiresAt() == null ? holdExpiry(now) : timestamps.expiresAt();
    timestamps = new PaymentTimestamps(now, null, null, expiresAt);
    become(PaymentStatus.AUTHORIZED, CREATED, EventType.PAYMENT_AUTHORIZED, now);
  }

  /** The money has moved. */
  void succeed(Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    amountCaptured = terms.money().amount();
    timestamps = new PaymentTimestamps(now, now, null, null);
    become(PaymentStatus.SUCCEEDED, CREATED, EventType.PAYMENT_SUCCEEDED, now);
  }

  /** The funds stay held until a person has decided. */
  public void sendToReview(Instant now) {
    require(PaymentStatus.PROCESSING);
    timestamps = new PaymentTimestamps(null, null, null, holdExpiry(now));
    become(PaymentStatus.IN_REVIEW, ACCEPTED, EventType.PAYMENT_IN_REVIEW, now);
  }

  /** Declines the payment: for want of funds, by screening, or by a reviewer. */
  public void decline(Failure reason, Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    failure = reason;
    become(
        PaymentStatus.DECLINED, reason.problem().code().status(), EventType.PAYMENT_DECLINED, now);
  }

  /** It could not be carried out; nothing has moved. */
  public void fail(Failure reason, Instant now) {
    require(PaymentStatus.PROCESSING);
    failure = reason;
    become(PaymentStatus.FAILED, reason.problem().code().status(), EventType.PAYMENT_FAILED, now);
  }

  /** Whether it is still open after the instant by which it was to be resolved. */
  public boolean overdue(Instant now) {
    return !concluded() && !now.isBefore(terms.resolvesBy());
  }

  /**
   * Fails a payment that has not ended in time. Its hold cannot be posted any more, so it can end
   * in no other way.
   */
  public void failOverdue(Instant now) {
    usedMs = terms.grantedMs();
    fail(Failure.deadlineExceeded(), now);
  }

  /** The payment as a reader sees it: one that is overdue has failed, recorded or not. */
  Payment seenAt(Instant now) {
    if (overdue(now)) {
      failOverdue(now);
      news.clear();
    }
    return this;
  }

  /** Part of the held money, or all of it, has moved. The last capture ends the holding. */
  public void capture(long amount, boolean last, Instant now) {
    require(PaymentStatus.AUTHORIZED);
    amountCaptured = Math.addExact(amountCaptured, amount);
    timestamps = timestamps.capturedAt(now);
    tell(EventType.PAYMENT_CAPTURED, now, PaymentBody.from(this));
    if (last) {
      become(PaymentStatus.SUCCEEDED, CREATED, EventType.PAYMENT_SUCCEEDED, now);
    }
  }

  /** What was still held has been given back; what was captured stays so. */
  public void cancel(Instant now) {
    require(PaymentStatus.AUTHORIZED);
    if (amountCaptured > 0) {
      become(PaymentStatus.SUCCEEDED, CREATED, EventType.PAYMENT_SUCCEEDED, now);
    } else {
      timestamps = timestamps.canceledAt(now);
      become(PaymentStatus.CANCELED, CREATED, EventType.PAYMENT_CANCELED, now);
    }
  }

  /** The time of its hold is over; what was captured before stays so. */
  public void expire(Instant now) {
    require(PaymentStatus.AUTHORIZED, PaymentStatus.IN_REVIEW);
    if (amountCaptured > 0) {
      become(PaymentStatus.SUCCEEDED, CREATED, EventType.PAYMENT_SUCCEEDED, now);
    } else {
      become(PaymentStatus.EXPIRED, CREATED, EventType.PAYMENT_EXPIRED, now);
    }
  }

  /** Part of what was captured has gone back to the payer. */
  public void refund(Refunded refunded, Instant now) {
    require(PaymentStatus.AUTHORIZED, PaymentStatus.SUCCEEDED);
    amountRefunded = Math.addExact(amountRefunded, refunded.amount());
    tell(EventType.REFUND_SUCCEEDED, now, RefundBody.from(refunded));
  }

  /** Changes description or metadata, in any state; there is no event for that. */
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

  private void become(PaymentStatus next, int answer, EventType event, Instant now) {
    status = next;
    untoldEnd.set(next.unsuccessful());
    if (!waits()) {
      timestamps = timestamps.withoutExpiry();
    }
    if (answerStatus == 0) {
      answerStatus = answer;
    }
    tell(event, now, PaymentBody.from(this));
  }

  private void tell(EventType event, Instant now, Object data) {
    news.add(
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

  /** How much of the deadline was used when its fate was decided. */
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

  /** What can still be captured, in minor units. */
  public long amountCapturable() {
    return status == PaymentStatus.AUTHORIZED ? terms.money().amount() - amountCaptured : 0;
  }

  /** What can still be given back, in minor units. */
  public long amountRefundable() {
    return amountCaptured - amountRefunded;
  }

  /** True once, after a transition to an end that is to be logged. Thread-safe. */
  boolean markEndLogged() {
    return untoldEnd.compareAndSet(true, false);
  }

  /** The events of transitions that are not stored yet. */
  public List<PaymentEvent> drainEvents() {
    List<PaymentEvent> taken = List.copyOf(news);
    news.clear();
    return taken;
  }

  public PaymentTerms terms() {
    return terms;
  }

  public PaymentStatus status() {
    return status;
  }

  /** What it was when it was read; null: it is new. */
  public @Nullable PaymentStatus storedStatus() {
    return storedStatus;
  }

  /** How many of its events are new since it was read. */
  public int newEvents() {
    return eventCount - storedEvents;
  }

  /** Whether analytics counts it; not, if it was made by a version without analytics. */
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

  /** The HTTP status that its first caller was, or was to be, answered with; 0 while open. */
  public int answerStatus() {
    return answerStatus;
  }

  public int usedMs() {
    return usedMs;
  }

  PaymentTimestamps timestamps() {
    return timestamps;
  }
}
