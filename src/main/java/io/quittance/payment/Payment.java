package io.quittance.payment;

import io.quittance.fraud.Verdict;
import io.quittance.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A payment and every transition of its life: each checks that it is allowed, makes the change, and
 * records the event that tells of it. Confined to the journal's thread until its transaction has
 * committed, and unchanged from then on.
 */
final class Payment {

  /** Values that never change. */
  record Terms(
      UUID merchantId,
      UUID id,
      Money money,
      String payer,
      String payee,
      CaptureMethod captureMethod,
      PaymentOrder.Texts texts,
      @Nullable UUID holdId,
      int holdSeconds,
      int grantedMs,
      Instant createdAt,
      Instant resolvesBy) {}

  /** When it reached which milestone. */
  record Milestones(
      @Nullable Instant authorizedAt,
      @Nullable Instant capturedAt,
      @Nullable Instant canceledAt,
      @Nullable Instant expiresAt) {

    static final Milestones NONE = new Milestones(null, null, null, null);
  }

  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;

  private final Terms terms;
  private PaymentStatus status = PaymentStatus.PROCESSING;
  private long amountCaptured;
  private long amountRefunded;
  private @Nullable Verdict verdict;
  private @Nullable Failure failure;
  private int answerStatus;
  private int usedMs;
  private int eventCount;
  private Milestones milestones = Milestones.NONE;
  private final List<PaymentEvent> news = new ArrayList<>(1);

  private Payment(Terms terms) {
    this.terms = terms;
  }

  /**
   * A payment whose funds are held and whose fate is open, until {@code resolvesBy} at the latest.
   */
  static Payment processing(
      PaymentOrder order, @Nullable UUID holdId, Instant now, Instant resolvesBy) {
    return new Payment(
        new Terms(
            order.merchantId(),
            order.id(),
            order.money(),
            order.payer(),
            order.payee(),
            order.captureMethod(),
            order.texts(),
            holdId,
            order.holdSeconds(),
            order.grantedMs(),
            now,
            resolvesBy));
  }

  /** What is stored of the state. */
  record Stored(
      Terms terms,
      PaymentStatus status,
      long amountCaptured,
      long amountRefunded,
      @Nullable Verdict verdict,
      @Nullable Failure failure,
      int answerStatus,
      int usedMs,
      int eventCount,
      Milestones milestones) {}

  static Payment stored(Stored row) {
    var payment = new Payment(row.terms());
    payment.status = row.status();
    payment.amountCaptured = row.amountCaptured();
    payment.amountRefunded = row.amountRefunded();
    payment.verdict = row.verdict();
    payment.failure = row.failure();
    payment.answerStatus = row.answerStatus();
    payment.usedMs = row.usedMs();
    payment.eventCount = row.eventCount();
    payment.milestones = row.milestones();
    return payment;
  }

  Stored store() {
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
        milestones);
  }

  /** Screening has answered; what follows from it is one of the next transitions. */
  void screened(Verdict answer) {
    require(PaymentStatus.PROCESSING);
    verdict = answer;
  }

  /** The funds stay held until the merchant captures them. */
  void authorize(Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    Instant expiresAt = milestones.expiresAt() == null ? holdExpiry(now) : milestones.expiresAt();
    milestones = new Milestones(now, null, null, expiresAt);
    become(PaymentStatus.AUTHORIZED, CREATED, EventType.PAYMENT_AUTHORIZED, now);
  }

  /** The money has moved. */
  void succeed(Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    amountCaptured = terms.money().amount();
    milestones = new Milestones(now, now, null, null);
    become(PaymentStatus.SUCCEEDED, CREATED, EventType.PAYMENT_SUCCEEDED, now);
  }

  /** The funds stay held until a person has decided. */
  void park(Instant now) {
    require(PaymentStatus.PROCESSING);
    milestones = new Milestones(null, null, null, holdExpiry(now));
    become(PaymentStatus.IN_REVIEW, ACCEPTED, EventType.PAYMENT_IN_REVIEW, now);
  }

  /** Somebody said no: the payer's funds, screening, or a reviewer. */
  void decline(Failure reason, Instant now) {
    require(PaymentStatus.PROCESSING, PaymentStatus.IN_REVIEW);
    failure = reason;
    become(PaymentStatus.DECLINED, reason.code().status(), EventType.PAYMENT_DECLINED, now);
  }

  /** It could not be carried out; nothing has moved. */
  void fail(Failure reason, Instant now) {
    require(PaymentStatus.PROCESSING);
    failure = reason;
    become(PaymentStatus.FAILED, reason.code().status(), EventType.PAYMENT_FAILED, now);
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
    if (answerStatus == 0) {
      answerStatus = answer;
    }
    news.add(PaymentEvent.of(event, ++eventCount, now, this));
  }

  Instant holdExpiry(Instant now) {
    return now.plusSeconds(terms.holdSeconds());
  }

  /** How much of the deadline was used when its fate was decided. */
  void used(int milliseconds) {
    usedMs = milliseconds;
  }

  /** Whether the business is done with it, for now. */
  boolean concluded() {
    return status != PaymentStatus.PROCESSING;
  }

  /** What can still be captured, in minor units. */
  long amountCapturable() {
    return status == PaymentStatus.AUTHORIZED ? terms.money().amount() - amountCaptured : 0;
  }

  /** The events of transitions that are not stored yet. */
  List<PaymentEvent> news() {
    return news;
  }

  Terms terms() {
    return terms;
  }

  PaymentStatus status() {
    return status;
  }

  long amountCaptured() {
    return amountCaptured;
  }

  long amountRefunded() {
    return amountRefunded;
  }

  @Nullable Verdict verdict() {
    return verdict;
  }

  @Nullable Failure failure() {
    return failure;
  }

  /** The HTTP status that its first caller was, or was to be, answered with; 0 while open. */
  int answerStatus() {
    return answerStatus;
  }

  int usedMs() {
    return usedMs;
  }

  Milestones milestones() {
    return milestones;
  }
}
