package io.quittance.admission;

import io.quittance.access.Credential;
import io.quittance.access.KnownKeys;
import io.quittance.access.RequestSender;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.PaymentBatchRoutes;
import io.quittance.web.RequestHead;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Reads the priority of requests, and recognizes repetitions of requests that were admitted before.
 * Thread-safe.
 */
@Component
final class AdmissionRequests {

  private static final Pattern PAYMENT = Pattern.compile("/v1/payments/pay_[^/]*(/timeline)?");
  private static final Pattern OPERATION =
      Pattern.compile("/v1/payments/[^/]*/(captures|refunds|cancel|review)");
  private static final Set<String> READS = Set.of("GET", "HEAD");

  private final KnownKeys known;
  private final DeadlineProperties deadlines;

  /** The keys of requests that were admitted: their repetitions have priority. */
  private final RecentKeys keys = new RecentKeys();

  AdmissionRequests(KnownKeys known, DeadlineProperties deadlines) {
    this.known = known;
    this.deadlines = deadlines;
  }

  AdmissionRequest of(RequestHead head) {
    Long key = key(head);
    RequestSender sender = known.sender(Credential.of(head));
    return new AdmissionRequest(sender, priority(head, key), patience(head, deadlines), key);
  }

  void remember(AdmissionRequest admissionRequest) {
    if (admissionRequest.key() != null) {
      keys.add(admissionRequest.key());
    }
  }

  private Priority priority(RequestHead head, @Nullable Long key) {
    if (READS.contains(head.method())) {
      return PAYMENT.matcher(head.path()).matches() ? Priority.UNDER_WAY : Priority.REPORT;
    }
    if (key != null && keys.contains(key)) {
      return Priority.UNDER_WAY;
    }
    return OPERATION.matcher(head.path()).matches() ? Priority.OPERATION : Priority.BEGINNING;
  }

  /** If two keys have the same hash, a new request gets the priority of a repetition, no more. */
  private static @Nullable Long key(RequestHead head) {
    String key = head.header(IdempotencyHeaders.KEY);
    if (key == null) {
      return null;
    }
    String caller = String.valueOf(head.header(HttpHeaders.AUTHORIZATION));
    long high = 31L * caller.hashCode() + head.path().hashCode();
    return high << 32 ^ key.hashCode() & 0xffff_ffffL;
  }

  /**
   * How long the caller waits for the journal: until the deadline that its route grants, or the
   * default if it is malformed, which its route refuses. A batch is claimed soon or refused.
   */
  static Duration patience(RequestHead head, DeadlineProperties deadlines) {
    Optional<Duration> asked =
        Optional.ofNullable(head.header(DeadlineHeader.NAME))
            .map(DeadlineHeader::read)
            .filter(OptionalInt::isPresent)
            .map(milliseconds -> Duration.ofMillis(milliseconds.getAsInt()));
    return PaymentBatchRoutes.include(head.path())
        ? within(
            PaymentBatchRoutes.LATE_CLAIM_LIMIT,
            asked.orElse(PaymentBatchRoutes.CLAIM_LIMIT),
            PaymentBatchRoutes.CLAIM_LIMIT)
        : within(
            Duration.ZERO,
            asked.orElse(Duration.ofMillis(deadlines.defaultMs())),
            Duration.ofMillis(deadlines.maxMs()));
  }

  private static Duration within(Duration least, Duration asked, Duration most) {
    Duration atLeast = asked.compareTo(least) < 0 ? least : asked;
    return atLeast.compareTo(most) < 0 ? atLeast : most;
  }
}
