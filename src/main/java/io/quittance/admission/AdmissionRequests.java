package io.quittance.admission;

import io.quittance.access.Credential;
import io.quittance.access.KnownKeys;
import io.quittance.access.RequestSender;
import io.quittance.web.RequestHead;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
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
  private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{2,5}");
  private static final Duration PATIENCE_MIN = Duration.ofMillis(50);

  private final KnownKeys known;
  private final Duration patience;

  /** The keys of requests that were admitted: their repetitions have priority. */
  private final RecentKeys keys = new RecentKeys();

  AdmissionRequests(
      KnownKeys known, @Value("${quittance.deadline.default-ms:2000}") long patienceMs) {
    this.known = known;
    this.patience = Duration.ofMillis(patienceMs);
  }

  AdmissionRequest of(RequestHead head) {
    Long key = key(head);
    RequestSender sender = known.sender(Credential.of(head));
    return new AdmissionRequest(sender, priority(head, key), patience(head), key);
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

  /** A collision only gives a request priority. */
  private static @Nullable Long key(RequestHead head) {
    String key = head.header("Idempotency-Key");
    if (key == null) {
      return null;
    }
    String caller = String.valueOf(head.header(HttpHeaders.AUTHORIZATION));
    long high = 31L * caller.hashCode() + head.path().hashCode();
    return high << 32 ^ key.hashCode() & 0xffff_ffffL;
  }

  /** A malformed deadline is refused later, where the header is read. */
  private Duration patience(RequestHead head) {
    String header = head.header("Payment-Deadline-Ms");
    if (header == null || !MILLISECONDS.matcher(header).matches()) {
      return patience;
    }
    Duration asked = Duration.ofMillis(Long.parseLong(header));
    return asked.compareTo(PATIENCE_MIN) < 0 ? patience : asked;
  }
}
