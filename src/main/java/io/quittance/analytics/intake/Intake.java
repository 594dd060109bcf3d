package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventFormat;
import io.quittance.analytics.event.EventParser;
import io.quittance.analytics.event.MalformedBodyException;
import io.quittance.analytics.event.ParsedBody;
import io.quittance.analytics.event.TooManyEventsException;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.ExpiredInQueueException;
import io.quittance.database.SqlFailure;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ResolvesBy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Takes the events of a body, and returns when the engine has them for good. Thread-safe. */
@Component
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /** How long a body may wait in the queue of its worker. */
  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(5);

  /** A worker that has taken a body knows within this time whether it was counted. */
  private static final Duration RESULT_TIMEOUT = Duration.ofSeconds(40);

  private static final IntakeResponse NOTHING = new IntakeResponse(0, 0, 0, 0, 0, List.of());

  private final EventParser parser;
  private final Vocabularies vocabularies;
  private final IntakeWorkers workers;
  private final ResolvesBy resolvesBy;
  private final Clock clock;

  Intake(
      EventParser parser,
      Vocabularies vocabularies,
      IntakeWorkers workers,
      ResolvesBy resolvesBy,
      Clock clock) {
    this.parser = parser;
    this.vocabularies = vocabularies;
    this.workers = workers;
    this.resolvesBy = resolvesBy;
    this.clock = clock;
  }

  /**
   * Takes a body.
   *
   * @param bytes uncompressed
   * @param key under which the body is counted once; null: none
   * @throws Problem nothing of it was taken, unless the problem's outcome is unknown
   */
  IntakeResult take(UUID merchantId, EventFormat format, byte[] bytes, @Nullable String key)
      throws InterruptedException {
    try {
      return count(merchantId, format, bytes, key);
    } catch (SQLException | CompletionException e) {
      if (!SqlFailure.unavailable(e)) {
        throw new IllegalStateException("events could not be counted", e);
      }
      log.warn("Events were refused, because the database is unavailable: {}", e.getMessage());
      Problem problem = Problem.databaseUnavailable();
      throw key == null ? problem : problem.unknownUntil(resolvesBy.ofAnyRequest());
    }
  }

  private IntakeResult count(
      UUID merchantId, EventFormat format, byte[] bytes, @Nullable String key)
      throws SQLException, InterruptedException {
    ParsedBody content = read(merchantId, format, bytes);
    if (content.received() == 0 && key == null) {
      return new IntakeResult(NOTHING, false);
    }
    Body.Key once = key == null ? null : new Body.Key(key, fingerprint(format, bytes));
    var body = new Body(merchantId, content, once, bytes.length);
    try {
      CompletableFuture<IntakeResult> counted = workers.submit(body, Deadline.after(QUEUE_TIMEOUT));
      return Deadline.after(RESULT_TIMEOUT).await(counted);
    } catch (ExpiredInQueueException | RejectedExecutionException e) {
      throw Problem.of(
              ProblemCode.OVERLOADED,
              "Too many events are waiting to be counted; these were not taken. Try again later.")
          .retryAfter(workers.backlog(merchantId));
    } catch (CountOutcomeUnknownException | DeadlineExceededException e) {
      throw unknown(e);
    }
  }

  private ParsedBody read(UUID merchantId, EventFormat format, byte[] bytes) throws SQLException {
    try {
      return parser.parse(bytes, format, merchantId, vocabularies.of(merchantId), clock.instant());
    } catch (MalformedBodyException e) {
      throw Problem.of(ProblemCode.MALFORMED_JSON, "The body " + e.getMessage() + ".");
    } catch (TooManyEventsException e) {
      throw Problem.of(
          ProblemCode.REQUEST_TOO_LARGE,
          "A body may have at most %d events.".formatted(EventParser.EVENTS_MAX));
    }
  }

  private Problem unknown(Exception e) {
    log.warn("It is not known whether the events of a body were counted: {}", e.getMessage());
    return Problem.of(
            ProblemCode.DEPENDENCY_UNAVAILABLE,
            "It is not known yet whether the events were counted. A request with an Idempotency-Key may"
                + " be sent again with the same key.")
        .dependency(DependencyNames.LEDGER)
        .unknownUntil(resolvesBy.ofAnyRequest());
  }

  private static String fingerprint(EventFormat format, byte[] bytes) {
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    sha256.update(format.mediaType().getBytes(StandardCharsets.US_ASCII));
    sha256.update((byte) 0);
    return Base64.getEncoder().withoutPadding().encodeToString(sha256.digest(bytes));
  }
}
