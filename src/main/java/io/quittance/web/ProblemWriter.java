package io.quittance.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Renders a {@link Problem}, for controllers and for filters. */
@Component
public final class ProblemWriter {

  private final ObjectMapper json;

  ProblemWriter(ObjectMapper json) {
    this.json = json;
  }

  public ResponseEntity<Object> entity(Problem problem, HttpServletRequest request) {
    AnswerMark.problem(problem, request);
    return ResponseEntity.status(problem.code().status())
        .headers(headers(problem))
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(body(problem, request));
  }

  public void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    AnswerMark.problem(problem, request);
    response.setStatus(problem.code().status());
    headers(problem).forEach((name, values) -> response.setHeader(name, values.getFirst()));
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    byte[] bytes = json.writeValueAsBytes(body(problem, request));
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  /** The body alone. */
  public byte[] bytes(Problem problem, String instance, String requestId)
      throws JsonProcessingException {
    return json.writeValueAsBytes(problem.body(instance, requestId));
  }

  private static Problem.Body body(Problem problem, HttpServletRequest request) {
    return problem.body(request.getRequestURI(), RequestContext.of(request).id());
  }

  public static HttpHeaders headers(Problem problem) {
    var headers = new HttpHeaders();
    if (problem.retryAfterSeconds() > 0) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(problem.retryAfterSeconds()));
    }
    if (problem.isReplayed()) {
      headers.set(IdempotencyHeaders.REPLAYED, "true");
    }
    if (problem.code() == ProblemCode.UNAUTHORIZED) {
      headers.set(HttpHeaders.WWW_AUTHENTICATE, problem.wwwAuthenticate());
    }
    return headers;
  }
}
