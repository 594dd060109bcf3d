package io.quittance.payment.create;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.idempotency.Keyed;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.journal.Journal;
import io.quittance.journal.QueuedCommand;
import io.quittance.money.Money;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.model.PaymentEndLog;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentResult;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.testing.Orders;
import io.quittance.testing.Proves;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;

@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties =
        "spring.datasource.url=jdbc:h2:mem:compensation;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=5000")
@ActiveProfiles("sandbox")
@ExtendWith(OutputCaptureExtension.class)
class CompensationIT {

  private static final Duration PLENTY = Duration.ofSeconds(30);

  /** What the journal is expected to take may change meanwhile. */
  private static final Duration TOLERANCE = Duration.ofMillis(5);

  @Autowired private JdbcClient jdbc;
  @Autowired private Journal journal;
  @Autowired private Compensation compensation;
  @Autowired private ReleaseTime releaseTime;
  @Autowired private Dependencies dependencies;
  @Autowired private PaymentProperties properties;
  @Autowired private DataSource dataSource;
  @Autowired private JdbcOperations jdbcOperations;

  /** The journal refuses the second command of a payment, whose first one has made a hold. */
  @Test
  void givesTheHoldBackIfTheVerdictFindsNoRoom() throws Exception {
    PaymentOrder order = order();
    var begin = queued(order);
    begin.submitAndAwait(journal, Deadline.after(PLENTY), () -> {});
    assertThat(hold(order)).isEqualTo("pending");

    PaymentResult result = compensation.of(order, begin, new QueueFullException("journal-1", 8));

    assertThat(result)
        .isInstanceOfSatisfying(
            PaymentResult.Concluded.class,
            concluded -> assertThat(concluded.payment().status()).isEqualTo(PaymentStatus.FAILED));
    assertThat(hold(order)).isEqualTo("voided");
  }

  @Test
  void beginsNothingIfThePaymentFindsNoRoom() throws Exception {
    PaymentOrder order = order();
    var begin = queued(order);

    PaymentResult result = compensation.of(order, begin, new QueueFullException("journal-1", 8));

    assertThat(result).isInstanceOf(PaymentResult.NotBegun.class);
  }

  /** A release that is committed as late as it can be is known by the instant that was told. */
  @Test
  void recordsNothingAfterTheInstantThatItTells() {
    PaymentOrder order = order();

    Duration released =
        compensation.releaseLimit(order).remaining().plus(journal.longestTransaction());
    Instant recordedBy = Instant.now().plus(released);

    assertThat(compensation.unknown(order, new IllegalStateException()))
        .isInstanceOfSatisfying(
            PaymentResult.Unknown.class,
            unknown -> assertThat(unknown.resolvesBy()).isAfter(recordedBy));
  }

  /** By the database's clock, as the payment's row and whoever ends it. */
  @Test
  @Proves("the clock of a replica is behind")
  void tellsNoInstantThatHasPassedIfItsClockIsBehind() throws Exception {
    var behind = new Clocks(Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
    new Dialect(dataSource, Distribution.NONE, behind).now(jdbcOperations);
    var onThisReplica = new Compensation(journal, dependencies, releaseTime, properties, behind);
    Instant before = Instant.now();
    PaymentOrder order = order();

    assertThat(onThisReplica.unknown(order, new IllegalStateException()))
        .isInstanceOfSatisfying(
            PaymentResult.Unknown.class,
            unknown -> assertThat(unknown.resolvesBy()).isAfter(before.plus(PLENTY)));
  }

  private static QueuedCommand<Keyed<BeginPayment.Result>> queued(PaymentOrder order) {
    var begin = new BeginPayment(order, new ScreeningSlot(), PLENTY);
    return new QueuedCommand<>(new KeyedCommand<>(order.request(), begin));
  }

  /** The books refuse the payment while screening fails: that is its answer, and no repetition. */
  @Test
  void tellsTheRefusalOfItsOwnCommandAsTheFirst() throws Exception {
    PaymentOrder order =
        Orders.order(UUID.randomUUID(), TypeId.next(), null, Deadline.after(PLENTY));
    var begin = queued(order);
    begin.submitAndAwait(journal, Deadline.after(PLENTY), () -> {});

    PaymentResult result =
        compensation.of(order, begin, new IllegalStateException("screening fails"));

    assertThat(result)
        .isInstanceOfSatisfying(
            PaymentResult.Refused.class,
            refused ->
                assertThat(refused.problem().code()).isEqualTo(ProblemCode.ACCOUNT_NOT_FOUND));
  }

  /** The books decline the payment while screening fails: its end is logged all the same. */
  @Test
  void logsTheEndThatItsOwnCommandHasStored(CapturedOutput output) throws Exception {
    PaymentOrder order = poor();
    var begin = queued(order);
    begin.submitAndAwait(journal, Deadline.after(PLENTY), () -> {});

    var result =
        (PaymentResult.Concluded)
            compensation.of(order, begin, new IllegalStateException("screening fails"));
    PaymentEndLog.logIfUnsuccessful(result.payment());

    assertThat(result.payment().status()).isEqualTo(PaymentStatus.DECLINED);
    assertThat(output).containsOnlyOnce(TypeId.format("pay", order.id()) + " of");
  }

  /** Others are told to come again when its deadline is over, and not when recovery must be. */
  @Test
  void claimsItsKeyForAsLongAsItsDeadlineLasts() throws Exception {
    Instant before = Instant.now();
    PaymentOrder order = order(Deadline.after(Duration.ofSeconds(3)));
    queued(order).submitAndAwait(journal, Deadline.after(PLENTY), () -> {});

    assertThat(
            jdbc.sql("select runs_until from idempotency_keys where object_id = ?")
                .param(order.id())
                .query(OffsetDateTime.class)
                .single()
                .toInstant())
        .isBetween(before, before.plusSeconds(10));
  }

  /** Batches give way to other merchants' payments, and not to other merchants' batches. */
  @Test
  void anItemOfABatchIsNobodyToGiveWayTo() throws Exception {
    UUID another = UUID.randomUUID();
    long begun = System.nanoTime();
    PaymentOrder item = order(UUID.randomUUID());
    var begin = queued(item);
    begin.submitAndAwait(journal, Deadline.after(PLENTY), () -> {});
    compensation.of(item, begin, new QueueFullException("journal-1", 8));
    assertThat(journal.othersWithin(another, Duration.ofNanos(System.nanoTime() - begun)))
        .isFalse();

    queued(order()).submitAndAwait(journal, Deadline.after(PLENTY), () -> {});
    assertThat(journal.othersWithin(another, PLENTY)).isTrue();
  }

  @Test
  void keepsBackMoreForItselfAfterAnswersThatWereLate() {
    PaymentOrder inTime = order();
    Duration before = releaseTime.of(inTime);

    IntStream.range(0, 100).forEach(_ -> releaseTime.released(late(Duration.ofMillis(100))));
    assertThat(releaseTime.of(inTime)).isCloseTo(before, TOLERANCE);
    IntStream.range(0, 40).forEach(_ -> releaseTime.released(late(Duration.ofMillis(500))));
    assertThat(releaseTime.of(inTime).minus(before)).isCloseTo(Duration.ofMillis(40), TOLERANCE);

    assertThat(releaseTime.of(order(Deadline.after(Duration.ofMillis(80)))))
        .isLessThan(Duration.ofMillis(21));
  }

  private PaymentOrder late(Duration deadline) {
    return order(Deadline.startingAt(System.nanoTime() - PLENTY.toNanos(), deadline));
  }

  private String hold(PaymentOrder order) {
    return jdbc.sql("select state from transfers where id = ?")
        .param(order.holdId())
        .query(String.class)
        .single();
  }

  private PaymentOrder order() {
    return order(Deadline.after(PLENTY));
  }

  /** Of more than anybody has. */
  private PaymentOrder poor() {
    PaymentOrder order = order();
    return new PaymentOrder(
        order.id(),
        order.holdId(),
        order.request(),
        new Money(1_000_000_000_000L, "EUR"),
        order.payer(),
        order.payee(),
        order.captureMethod(),
        order.texts(),
        order.batchId(),
        order.holdSeconds(),
        order.deadline());
  }

  private PaymentOrder order(@Nullable UUID batchId) {
    return order(batchId, Deadline.after(PLENTY));
  }

  private PaymentOrder order(Deadline deadline) {
    return order(null, deadline);
  }

  private PaymentOrder order(@Nullable UUID batchId, Deadline deadline) {
    UUID merchant = jdbc.sql("select id from merchants").query(UUID.class).single();
    return Orders.order(merchant, TypeId.next(), batchId, deadline);
  }
}
