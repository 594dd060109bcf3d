package io.quittance.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.quittance.database.SqlFailure;
import io.quittance.web.Problem.InputError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
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

/** The one place where exceptions become problem details. */
@RestControllerAdvice
final class ProblemAdvice {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private final ProblemWriter problems;
  private final Resolution resolution;

  ProblemAdvice(ProblemWriter problems, Resolution resolution) {
    this.problems = problems;
    this.resolution = resolution;
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
      // Nothing may be added to half an answer: the container breaks the connection off instead.
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
      case HttpMessageNotReadableException unreadable -> unreadable(unreadable);
      case MethodArgumentNotValidException invalid -> Problem.invalid(errors(invalid));
      case MissingServletRequestParameterException missing ->
          Problem.invalid(ProblemCode.INVALID_REQUEST, missing.getParameterName(), "is required");
      case MethodArgumentTypeMismatchException mismatch ->
          Problem.invalid(ProblemCode.INVALID_REQUEST, mismatch.getName(), "has the wrong type");
      case NoHandlerFoundException _, NoResourceFoundException _ ->
          Problem.of(ProblemCode.NOT_FOUND);
      case HttpRequestMethodNotSupportedException method ->
          Problem.of(ProblemCode.METHOD_NOT_ALLOWED, method.getMethod() + " is not allowed here.");
      case HttpMediaTypeNotAcceptableException unmet ->
          Problem.of(ProblemCode.NOT_ACCEPTABLE, produced(unmet.getSupportedMediaTypes()));
      case HttpMediaTypeNotSupportedException _ ->
          Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Only application/json is read.");
      case CannotCreateTransactionException _,
          DataAccessResourceFailureException _,
          QueryTimeoutException _,
          TransientDataAccessException _ ->
          databaseDown(e, request);
      default -> SqlFailure.unavailable(e) ? databaseDown(e, request) : unexpected(e, request);
    };
  }

  private Problem databaseDown(Exception e, HttpServletRequest request) {
    log.warn("The database cannot do what was asked: {}", e.getMessage());
    return honest(
        Problem.of(
                ProblemCode.DEPENDENCY_UNAVAILABLE,
                "The database does not answer, or takes no writes now.")
            .dependency("ledger"),
        request);
  }

  private Problem unexpected(Exception e, HttpServletRequest request) {
    log.error("Unexpected failure", e);
    return honest(Problem.of(ProblemCode.INTERNAL_ERROR), request);
  }

  /**
   * What failed after a commit does not undo it, and a keyed request may repeat one that was
   * carried out, or be under way in the journal.
   */
  private Problem honest(Problem problem, HttpServletRequest request) {
    return CommitWatch.mayHaveCommitted() || keyed(request)
        ? problem.unknownUntil(resolution.ofAnyRequest())
        : problem;
  }

  private static boolean keyed(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)
            instanceof HandlerMethod handler
        && Arrays.stream(handler.getMethodParameters())
            .map(parameter -> parameter.getParameterAnnotation(RequestHeader.class))
            .anyMatch(header -> header != null && header.name().equals("Idempotency-Key"));
  }

  private static String produced(List<MediaType> types) {
    return types.isEmpty()
        ? "The header Accept cannot be read."
        : "This route answers in %s, in UTF-8.".formatted(MediaType.toString(types));
  }

  private static Problem unreadable(HttpMessageNotReadableException e) {
    return switch (e.getCause()) {
      case CharacterCodingException _ -> notUtf8();
      case JsonMappingException mapping
          when mapping.getCause() instanceof CharacterCodingException ->
          notUtf8();
      case StreamConstraintsException _ -> beyondLimits();
      case JsonMappingException mapping
          when mapping.getCause() instanceof StreamConstraintsException ->
          beyondLimits();
      case UnrecognizedPropertyException unknown ->
          Problem.invalid(
              ProblemCode.UNKNOWN_FIELD, path(unknown), "is not a field of this object");
      case JsonMappingException mapping when trailing(mapping) -> malformed(mapping);
      case JsonMappingException mapping when mapping.getCause() instanceof Problem problem ->
          problem;
      case JsonMappingException mapping
          when mapping.getCause() == null || mapping.getCause() instanceof InputCoercionException ->
          Problem.invalid(ProblemCode.INVALID_REQUEST, path(mapping), wrongType(mapping));
      case JsonMappingException mapping
          when mapping.getCause() instanceof IllegalArgumentException illegal ->
          Problem.invalid(
              ProblemCode.INVALID_REQUEST, path(mapping), String.valueOf(illegal.getMessage()));
      case InputCoercionException coercion ->
          Problem.invalid(ProblemCode.INVALID_REQUEST, "body", "a number is out of range");
      case JsonProcessingException syntax -> malformed(syntax);
      case Problem problem -> problem;
      case null, default -> Problem.of(ProblemCode.MALFORMED_JSON, "A JSON body is required.");
    };
  }

  private static Problem notUtf8() {
    return Problem.of(ProblemCode.MALFORMED_JSON, "The body is not valid UTF-8.");
  }

  private static Problem beyondLimits() {
    return Problem.of(ProblemCode.MALFORMED_JSON, "Nested too deeply, or a number is too long.");
  }

  private static Problem malformed(JsonProcessingException e) {
    return Problem.of(ProblemCode.MALFORMED_JSON, "Not valid JSON" + location(e) + ".");
  }

  /** Jackson reports what follows the body as a mapping error, though it is one of syntax. */
  private static boolean trailing(JsonMappingException e) {
    return e.getOriginalMessage().startsWith("Trailing token");
  }

  private static String wrongType(JsonMappingException e) {
    return "has a value of the wrong type or form" + location(e);
  }

  private static String location(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " (line %d, column %d)"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static String path(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(step -> step.getFieldName() != null ? step.getFieldName() : "" + step.getIndex())
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "body" : path;
  }

  private static List<InputError> errors(MethodArgumentNotValidException e) {
    return e.getBindingResult().getAllErrors().stream()
        .map(
            error -> {
              String param =
                  error instanceof FieldError field
                      ? SnakeCaseStrategy.INSTANCE.translate(field.getField())
                      : "body";
              return new InputError(param, "invalid", String.valueOf(error.getDefaultMessage()));
            })
        .toList();
  }
}
