package io.quittance.web.request;

import io.quittance.database.SqlFailure;
import io.quittance.database.TooManyReportsException;
import io.quittance.web.CommitMark;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import io.quittance.web.ResolvesBy;
import io.quittance.web.json.UnreadableBody;
import io.quittance.web.json.Violations;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.ConstraintViolation;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.MethodParameter;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns the exceptions of handlers into problem details. */
@RestControllerAdvice
final class ProblemAdvice {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private static final Duration AFTER_A_REPORT = Duration.ofSeconds(5);

  private final ProblemWriter problems;
  private final ResolvesBy resolvesBy;

  ProblemAdvice(ProblemWriter problems, ResolvesBy resolvesBy) {
    this.problems = problems;
    this.resolvesBy = resolvesBy;
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> handle(
      Exception e, HttpServletRequest request, HttpServletResponse response) throws Exception {
    if (e instanceof ClientAbortException) {
      return null;
    }
    if (response.isCommitted() && response.getStatus() >= 400) {
      // Tomcat has refused the body that it could not read; ProblemValve says so.
      return null;
    }
    if (response.isCommitted()) {
      // Nothing may be added to a partial response: the container closes the connection instead.
      throw e;
    }
    ResponseEntity<Object> answer = problems.entity(toProblem(e, request), request);
    return e instanceof HttpRequestMethodNotSupportedException method
        ? allowing(method, answer)
        : answer;
  }

  private static ResponseEntity<Object> allowing(
      HttpRequestMethodNotSupportedException e, ResponseEntity<Object> answer) {
    return ResponseEntity.status(answer.getStatusCode())
        .headers(answer.getHeaders())
        .allow(e.getHeaders().getAllow().toArray(HttpMethod[]::new))
        .body(answer.getBody());
  }

  private Problem toProblem(Exception e, HttpServletRequest request) {
    return switch (e) {
      case Problem problem -> problem;
      case TooManyReportsException busy ->
          Problem.of(ProblemCode.OVERLOADED, busy.detail()).retryAfter(AFTER_A_REPORT);
      case HttpMessageNotReadableException unreadable ->
          UnreadableBody.problem(unreadable.getCause());
      case MethodArgumentNotValidException invalid -> Problem.invalid(errors(invalid));
      case MissingServletRequestParameterException missing ->
          Problem.invalid(missing.getParameterName(), Code.REQUIRED, "is required");
      case MethodArgumentTypeMismatchException mismatch ->
          Problem.invalid(
              mismatch.getName(), Code.WRONG_TYPE, UnreadableBody.rule(mismatch.getRequiredType()));
      case NoHandlerFoundException _, NoResourceFoundException _ ->
          Problem.of(ProblemCode.NOT_FOUND, "This API has no route with this path.");
      case HttpRequestMethodNotSupportedException method -> notAllowed(method);
      case HttpMediaTypeNotAcceptableException unmet ->
          Problem.of(ProblemCode.NOT_ACCEPTABLE, produced(unmet.getSupportedMediaTypes()));
      case HttpMediaTypeNotSupportedException _ ->
          Problem.of(
              ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json in UTF-8.");
      case CannotCreateTransactionException _,
          DataAccessResourceFailureException _,
          QueryTimeoutException _,
          TransientDataAccessException _ ->
          databaseDown(e, request);
      default -> SqlFailure.unavailable(e) ? databaseDown(e, request) : unexpected(e, request);
    };
  }

  private Problem databaseDown(Exception e, HttpServletRequest request) {
    log.warn("The database is unavailable for this request: {}", e.getMessage());
    return unknownIfCommitted(Problem.databaseUnavailable(), request);
  }

  private Problem unexpected(Exception e, HttpServletRequest request) {
    log.error("Unexpected error in a request", e);
    return unknownIfCommitted(Problem.of(ProblemCode.INTERNAL_ERROR), request);
  }

  /**
   * A failure after a commit does not undo it, and a request with a key may repeat one that was
   * carried out, or be under way in the journal.
   */
  private Problem unknownIfCommitted(Problem problem, HttpServletRequest request) {
    return CommitMark.isSet() || keyed(request)
        ? problem.unknownUntil(resolvesBy.ofAnyRequest(request.getServletPath()))
        : problem;
  }

  private static boolean keyed(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)
            instanceof HandlerMethod handler
        && Arrays.stream(handler.getMethodParameters()).anyMatch(ProblemAdvice::takesKey);
  }

  private static boolean takesKey(MethodParameter parameter) {
    RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
    return parameter.getParameterType() == IdempotencyHeaders.class
        || (header != null && header.name().equals(IdempotencyHeaders.KEY));
  }

  private static String produced(List<MediaType> types) {
    return types.isEmpty()
        ? "The header Accept is not valid."
        : "This route answers in %s, in UTF-8.".formatted(MediaType.toString(types));
  }

  private static Problem notAllowed(HttpRequestMethodNotSupportedException e) {
    return Problem.of(
        ProblemCode.METHOD_NOT_ALLOWED,
        "This path allows %s, not %s."
            .formatted(
                String.join(
                    ", ",
                    e.getHeaders().getAllow().stream().map(HttpMethod::name).sorted().toList()),
                e.getMethod()));
  }

  private static List<InputError> errors(MethodArgumentNotValidException e) {
    return e.getBindingResult().getAllErrors().stream()
        .map(error -> Violations.toError(error.unwrap(ConstraintViolation.class)))
        .sorted(Comparator.comparing(InputError::param))
        .toList();
  }
}
