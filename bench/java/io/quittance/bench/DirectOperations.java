package io.quittance.bench;

import com.github.f4b6a3.uuid.UuidCreator;
import io.quittance.bench.Bodies.PaymentState;
import io.quittance.bench.DirectChecks.Account;
import io.quittance.bench.DirectChecks.Sides;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * The baseline of everything but plain payments: authorizations, captures and refunds, with the
 * same checks and the same rows as the service. The caller commits.
 */
final class DirectOperations {

  private static final String FIND =
      """
      select status, amount, amount_captured, amount_refunded, event_count, hold_id, created_at,
             expires_at
        from payments where merchant_id = ? and id = ?
      """;

  /** A payment as it is, under the locks of its accounts. */
  private record Stored(
      String status,
      int amount,
      int captured,
      int refunded,
      int events,
      UUID hold,
      OffsetDateTime createdAt,
      OffsetDateTime expiresAt) {}

  private final DirectChecks checks;
  private final DirectRows rows;
  private final UUID merchant;
  private UUID payment = new UUID(0, 0);

  DirectOperations(Connection connection, UUID merchant, DirectChecks checks) throws SQLException {
    this.checks = checks;
    this.merchant = merchant;
    this.rows = new DirectRows(connection, merchant);
  }

  /** This payment is the one that the next capture or refund is of. */
  void paid(UUID id) {
    payment = id;
  }

  void carryOut(Step step) throws SQLException {
    OffsetDateTime now = Instant.now().atOffset(ZoneOffset.UTC);
    Sides sides = checks.lock(step.order());
    switch (step.kind()) {
      case AUTHORIZATION -> authorize(step, sides, now);
      case PART_CAPTURE -> captureInPart(step, sides, stored(), now);
      case CAPTURE -> capture(step, sides, stored(), now);
      case REFUND -> refund(step, sides, stored(), now);
      case PAYMENT -> throw new IllegalArgumentException("not here: " + step);
    }
  }

  private Stored stored() throws SQLException {
    try (ResultSet rs = rows.query(FIND, merchant, payment)) {
      rs.next();
      return new Stored(
          rs.getString(1),
          rs.getInt(2),
          rs.getInt(3),
          rs.getInt(4),
          rs.getInt(5),
          rs.getObject(6, UUID.class),
          rs.getObject(7, OffsetDateTime.class),
          rs.getObject(8, OffsetDateTime.class));
    }
  }

  private void authorize(Step step, Sides sides, OffsetDateTime now) throws SQLException {
    checks.allow(step.order(), sides.payer());
    payment = UuidCreator.getTimeOrderedEpoch();
    UUID hold = UuidCreator.getTimeOrderedEpoch();
    rows.key("POST /v1/payments", step.key(), payment, now);
    rows.hold(hold, payment, sides, step.amount(), now);
    rows.accounts(sides.payer().held(step.amount(), 0), sides.payee().held(0, step.amount()));
    rows.authorizedPayment(payment, hold, sides, step.amount(), now);
    var state = state("authorized", step.amount(), 0, sides, now);
    rows.event(payment, 1, "payment.authorized", Bodies.event(state, now), now);
    rows.timeline(payment, Bodies.timeline(), now);
  }

  private void captureInPart(Step step, Sides sides, Stored stored, OffsetDateTime now)
      throws SQLException {
    requireCapturable(step, stored, now);
    UUID transfer = UuidCreator.getTimeOrderedEpoch();
    Account payer = sides.payer().held(-step.amount(), 0).entered(-step.amount());
    Account payee = sides.payee().held(0, -step.amount()).entered(step.amount());
    UUID capture = claim("capture", step, now);
    rows.posted(transfer, payment, payer, payee, step.amount(), now);
    rows.reduceHold(stored.hold(), step.amount());
    rows.accounts(payer, payee);
    int captured = stored.captured() + step.amount();
    rows.captured(payment, "authorized", captured, stored.events() + 1, now);
    rows.capture(capture, payment, transfer, step.amount(), false, now);
    var state = state("authorized", stored.amount(), captured, sides, stored.createdAt());
    rows.event(payment, stored.events() + 1, "payment.captured", Bodies.event(state, now), now);
    rows.timeline(payment, Bodies.timeline("capture"), now);
  }

  private void capture(Step step, Sides sides, Stored stored, OffsetDateTime now)
      throws SQLException {
    requireCapturable(step, stored, now);
    int held = stored.amount() - stored.captured();
    Account payer = sides.payer().held(-held, 0).entered(-step.amount());
    Account payee = sides.payee().held(0, -held).entered(step.amount());
    UUID capture = claim("capture", step, now);
    rows.postHold(stored.hold(), payer, payee, step.amount(), now);
    rows.accounts(payer, payee);
    int captured = stored.captured() + step.amount();
    rows.captured(payment, "succeeded", captured, stored.events() + 2, now);
    rows.capture(capture, payment, stored.hold(), step.amount(), true, now);
    var before = state("authorized", stored.amount(), captured, sides, stored.createdAt());
    rows.event(payment, stored.events() + 1, "payment.captured", Bodies.event(before, now), now);
    var after = state("succeeded", stored.amount(), captured, sides, stored.createdAt());
    rows.event(payment, stored.events() + 2, "payment.succeeded", Bodies.event(after, now), now);
    rows.timeline(payment, Bodies.timeline("capture"), now);
  }

  private static void requireCapturable(Step step, Stored stored, OffsetDateTime now) {
    if (!stored.status().equals("authorized")
        || !stored.expiresAt().isAfter(now)
        || step.amount() > stored.amount() - stored.captured()) {
      throw new IllegalStateException("refused: %s of %s".formatted(step, stored));
    }
  }

  private void refund(Step step, Sides sides, Stored stored, OffsetDateTime now)
      throws SQLException {
    if (step.amount() > stored.captured() - stored.refunded()
        || !sides.payee().canPay(step.amount())) {
      throw new IllegalStateException("refused: %s of %s".formatted(step, stored));
    }
    UUID transfer = UuidCreator.getTimeOrderedEpoch();
    Account payee = sides.payee().entered(-step.amount());
    Account payer = sides.payer().entered(step.amount());
    UUID refund = claim("refund", step, now);
    rows.posted(transfer, payment, payee, payer, step.amount(), now);
    rows.accounts(payee, payer);
    rows.refunded(payment, stored.refunded() + step.amount(), stored.events() + 1);
    rows.refund(refund, payment, transfer, step.amount(), now);
    rows.event(
        payment,
        stored.events() + 1,
        "refund.succeeded",
        Bodies.refundEvent(refund, payment, transfer, step.amount(), now),
        now);
    rows.timeline(payment, Bodies.timeline("refund"), now);
  }

  private UUID claim(String operation, Step step, OffsetDateTime now) throws SQLException {
    UUID made = UuidCreator.getTimeOrderedEpoch();
    rows.key(operation + " " + Bodies.paymentId(payment), step.key(), made, now);
    return made;
  }

  private PaymentState state(
      String status, int amount, int captured, Sides sides, OffsetDateTime createdAt) {
    return new PaymentState(
        payment,
        status,
        amount,
        captured,
        "manual",
        sides.payer().id(),
        sides.payee().id(),
        createdAt);
  }
}
