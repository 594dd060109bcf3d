package io.quittance.payment.batch;

import io.quittance.database.ReservedConnection;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.store.BatchItemBody;
import io.quittance.payment.batch.store.BatchPayments;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.PaymentBatchBody;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Turns the results of batches into HTTP responses. Thread-safe. */
@Component
final class BatchResponses {

  private final BatchStore store;
  private final ProblemWriter problems;

  BatchResponses(BatchStore store, ProblemWriter problems) {
    this.store = store;
    this.problems = problems;
  }

  /** The batch as it is now, for a request that changed it or for a repeated one. */
  ResponseEntity<Object> show(HttpStatus status, UUID merchantId, UUID id, boolean replayed) {
    PaymentBatchBody body =
        ReservedConnection.forChange(merchantId, () -> store.show(merchantId, id));
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON);
    if (status == HttpStatus.ACCEPTED) {
      answer.location(URI.create("/v1/payment-batches/" + body.id()));
    }
    if (replayed) {
      answer.header(IdempotencyHeaders.REPLAYED, "true");
    }
    return answer.body(body);
  }

  /** The first answer of an atomic batch that is refused. */
  ResponseEntity<Object> refused(
      List<ItemResult> ends, BatchPayments asked, HttpServletRequest request) {
    var items = new ArrayList<BatchItemBody>(ends.size());
    for (int i = 0; i < ends.size(); i++) {
      items.add(BatchItemBody.of(i, asked.get(i).reference(), ends.get(i)));
    }
    return refused(refusal(ends), items, request);
  }

  /** Repeats the answer of an atomic batch that was refused. */
  ResponseEntity<Object> refusedBefore(
      Problem problem, List<BatchItemBody> items, HttpServletRequest request) {
    ResponseEntity<Object> answer = refused(problem, items, request);
    var headers = new HttpHeaders();
    headers.addAll(answer.getHeaders());
    headers.set(IdempotencyHeaders.REPLAYED, "true");
    return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
  }

  private ResponseEntity<Object> refused(
      Problem problem, List<BatchItemBody> items, HttpServletRequest request) {
    ResponseEntity<Object> answer = problems.entity(problem, request);
    var body = (Problem.Body) Objects.requireNonNull(answer.getBody());
    return new ResponseEntity<>(
        new BatchRefusal(body, items), answer.getHeaders(), answer.getStatusCode());
  }

  private static Problem refusal(List<ItemResult> ends) {
    return Problem.of(ProblemCode.BATCH_REFUSED, why(ends));
  }

  /** The detail of the problem of an atomic batch that is refused. */
  static String why(List<ItemResult> ends) {
    long refused = ends.stream().filter(end -> end.status() != ItemStatus.NOT_STARTED).count();
    return "%d of %d payments cannot be made, so none was; no money was moved."
        .formatted(refused, ends.size());
  }
}
