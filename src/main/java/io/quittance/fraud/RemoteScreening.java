package io.quittance.fraud;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.fraud.Verdict.Decision;
import io.quittance.fraud.Verdict.Source;
import io.quittance.tracing.Call;
import io.quittance.tracing.Tracing;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Asks a screening service over HTTP. Its answer must be exactly as specified: 200, small, JSON, a
 * known decision, a score of 0 to 100, a short list of reasons. Everything else is a failure.
 * Interruptible; thread-safe.
 */
final class RemoteScreening {

  private static final int MAX_ANSWER_BYTES = 16_384;
  private static final int MAX_REASONS = 50;
  private static final int MAX_REASON_LENGTH = 200;

  /**
   * Statuses that every payment would get: wrong credentials, rate limit, slow service. All
   * requests go to one URL, so "not found" or "method not allowed" means a wrong setting.
   */
  private static final Set<Integer> OF_ALL_PAYMENTS = Set.of(401, 403, 404, 405, 407, 408, 429);

  /** The request's JSON. */
  record Question(
      String paymentId,
      String merchantId,
      long amount,
      String currency,
      String payer,
      String payee,
      @JsonRawValue String metadata) {}

  /** The expected JSON. */
  record Answer(
      @Nullable Decision decision, @Nullable Integer score, @Nullable List<String> reasons) {}

  /** The service answered, but not as specified. */
  static final class BadAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    BadAnswerException(String message) {
      super(message);
    }
  }

  private final URI url;
  private final ObjectMapper json;
  private final Tracing tracing;
  private final HttpClient http;

  RemoteScreening(URI url, ObjectMapper json, Duration connectTimeout, Tracing tracing) {
    this.url = url;
    this.json = json;
    this.tracing = tracing;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /**
   * @throws DeadlineExceededException there was no answer by then
   * @throws ScreeningRefusedException the service does not screen this payment
   * @throws IOException there was no answer, or not as specified
   */
  Screening screen(ScreeningRequest subject, Deadline deadline)
      throws IOException, InterruptedException {
    try (Call call = tracing.call("remote screening", null)) {
      try {
        return ask(subject, deadline, call);
      } catch (IOException | InterruptedException | DeadlineExceededException e) {
        call.failed(e);
        throw e;
      }
    }
  }

  private Screening ask(ScreeningRequest subject, Deadline deadline, Call call)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = send(request(subject, deadline, call.headers()), deadline);
    call.answered(response.statusCode());
    int status = response.statusCode();
    if (refusesThisPayment(status)) {
      throw new ScreeningRefusedException(status);
    }
    if (status != 200) {
      throw new BadAnswerException("status " + status);
    }
    return new Screening.Decided(verdict(json.readValue(response.body(), Answer.class)));
  }

  /** Whether the status concerns only this payment, as all other 4xx do. */
  private static boolean refusesThisPayment(int status) {
    return status >= 400 && status < 500 && !OF_ALL_PAYMENTS.contains(status);
  }

  /** The client's timer may fire before the scope's; it means the same. */
  private HttpResponse<byte[]> send(HttpRequest request, Deadline deadline)
      throws IOException, InterruptedException {
    try {
      return http.send(
          request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
    } catch (HttpTimeoutException e) {
      if (!deadline.expired()) {
        throw e;
      }
      var late = new DeadlineExceededException("the screening service did not answer in time");
      late.initCause(e);
      throw late;
    }
  }

  private HttpRequest request(
      ScreeningRequest subject, Deadline deadline, Map<String, String> trace) throws IOException {
    var question =
        new Question(
            TypeId.format("pay", subject.paymentId()),
            TypeId.format("mch", subject.merchantId()),
            subject.money().amount(),
            subject.money().currency(),
            subject.payer(),
            subject.payee(),
            subject.metadataJson());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(deadline.remaining().plusMillis(1))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header(DeadlineHeader.NAME, Long.toString(deadline.remaining().toMillis()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(question)));
    trace.forEach(request::header);
    return request.build();
  }

  private static Verdict verdict(@Nullable Answer answer) throws BadAnswerException {
    if (answer == null || answer.decision() == null || answer.score() == null) {
      throw new BadAnswerException("decision or score is missing");
    }
    if (answer.score() < 0 || answer.score() > 100) {
      throw new BadAnswerException("score is not 0 to 100");
    }
    List<String> reasons = answer.reasons();
    if (reasons == null || reasons.size() > MAX_REASONS) {
      throw new BadAnswerException("reasons are missing or too many");
    }
    for (String reason : reasons) {
      if (reason == null
          || reason.length() > MAX_REASON_LENGTH
          || reason.chars().anyMatch(Character::isISOControl)) {
        throw new BadAnswerException("a reason is too long or not printable");
      }
    }
    return new Verdict(answer.decision(), answer.score(), List.copyOf(reasons), Source.REMOTE);
  }
}
