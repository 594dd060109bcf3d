package io.quittance.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.log.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An error response: problem details (RFC 9457), thrown where the error is found and rendered in
 * one place ({@link ProblemWriter}).
 */
public final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cs}]");

  /** Whether money moved. */
  public enum Outcome {
    NONE,
    APPLIED,
    UNKNOWN;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Replaces unpaired surrogates, which cannot be written in UTF-8. */
  static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }

  /** The JSON body. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Body(
      String type,
      String title,
      int status,
      String detail,
      String instance,
      ProblemCode code,
      List<InputError> errors,
      String requestId,
      @Nullable String paymentId,
      @Nullable String dependency,
      boolean retryable,
      Outcome outcome,
      @Nullable Instant resolvesBy) {}

  private final ProblemCode code;
  private final transient List<InputError> errors;
  private Outcome outcome = Outcome.NONE;
  private @Nullable String paymentId;
  private @Nullable String dependency;
  private @Nullable String challenge;
  private @Nullable Instant resolvesBy;
  private @Nullable Duration retryAfter;
  private boolean replayed;

  private Problem(ProblemCode code, String detail, List<InputError> errors) {
    super(detail, null, false, false);
    this.code = code;
    this.errors = errors;
  }

  public static Problem of(ProblemCode code) {
    return new Problem(code, code.title() + ".", List.of());
  }

  /** 503: a queue is full. */
  public static Problem overloaded() {
    return of(ProblemCode.OVERLOADED, "Too many requests are waiting; repeat this one later.");
  }

  /** 400: the cursor was not made for this list, or was changed. */
  public static Problem invalidCursor() {
    return of(
        ProblemCode.INVALID_CURSOR,
        "`cursor` must be the `next_cursor` of an earlier page of this list, unchanged.");
  }

  /**
   * 404: the caller's merchant has no such object.
   *
   * @param kind what it would be, such as {@code payment}
   */
  public static Problem notFound(String kind) {
    return of(ProblemCode.NOT_FOUND, "There is no %s with this id.".formatted(kind));
  }

  public static Problem of(ProblemCode code, String detail) {
    return new Problem(code, detail, List.of());
  }

  /**
   * A problem that was stored with this code and detail.
   *
   * @param code what {@link ProblemCode#code()} says; one that a later version has made is answered
   *     as a fault of this replica, so that the request is repeated, elsewhere or later
   */
  public static Problem stored(String code, String detail) {
    return ProblemCode.find(code)
        .map(known -> of(known, detail))
        .orElseGet(
            () ->
                of(
                        ProblemCode.DEPENDENCY_UNAVAILABLE,
                        "A newer version refused the request (%s): %s".formatted(code, detail))
                    .dependency(DependencyNames.LEDGER));
  }

  /** The key was used for another request. */
  public static Problem keyReused() {
    return of(
        ProblemCode.IDEMPOTENCY_KEY_REUSED,
        "This Idempotency-Key was used with another body; send a new key.");
  }

  /** For a request that was not started because the service is stopping. */
  public static Problem stopping() {
    return of(ProblemCode.OVERLOADED, "The service is stopping; nothing was started.");
  }

  /** 500: a bug, because of which nothing was carried out. */
  public static Problem internal() {
    return of(
        ProblemCode.INTERNAL_ERROR, ProblemCode.INTERNAL_ERROR.title() + "; no money was moved.");
  }

  /** For a request that failed because the database is unavailable; a retry may succeed. */
  public static Problem databaseUnavailable() {
    return of(ProblemCode.DEPENDENCY_UNAVAILABLE, "The database does not answer, or is read-only.")
        .dependency(DependencyNames.LEDGER);
  }

  /** For one field, with another code than {@code invalid_request}. */
  public static Problem of(ProblemCode code, InputError error) {
    return new Problem(code, error.detail(), List.of(error));
  }

  /** Bad input: 400 with a list of errors; there is at least one. */
  public static Problem invalid(List<InputError> errors) {
    String more = errors.size() == 1 ? "" : " (%d more in errors)".formatted(errors.size() - 1);
    return new Problem(ProblemCode.INVALID_REQUEST, errors.getFirst().detail() + more, errors);
  }

  /** As {@link #invalid(List)}, for one parameter and a rule as in {@link InputError#of}. */
  public static Problem invalid(String param, InputError.Code code, String rule) {
    return invalid(List.of(InputError.of(param, code, rule)));
  }

  /** Sets the payment that it is about; null: none. */
  public Problem payment(@Nullable UUID id) {
    this.paymentId = id == null ? null : TypeId.format("pay", id);
    return this;
  }

  /** Whether it is a failure of this dependency. */
  public boolean isOf(String name) {
    return name.equals(dependency);
  }

  public Problem dependency(@Nullable String name) {
    this.dependency = name;
    return this;
  }

  /** Sets the error code of {@code WWW-Authenticate} (RFC 6750). */
  public Problem challenge(String error) {
    this.challenge = error;
    return this;
  }

  /** Says that it is not known yet whether money moved; it is resolved by the given instant. */
  public Problem unknownUntil(Instant instant) {
    this.outcome = Outcome.UNKNOWN;
    this.resolvesBy = instant;
    return this;
  }

  /** Sets when to try again; rounded up to whole seconds. */
  public Problem retryAfter(Duration delay) {
    this.retryAfter = delay;
    return this;
  }

  /** Marks it as the response to a repetition. */
  public Problem replayed() {
    this.replayed = true;
    return this;
  }

  boolean isReplayed() {
    return replayed;
  }

  public ProblemCode code() {
    return code;
  }

  /** Whether it is not known yet whether money moved. */
  public boolean isUnknown() {
    return outcome == Outcome.UNKNOWN;
  }

  /** Whether it reports a failure of the service by which nothing was carried out. */
  public boolean saysNothingHappened() {
    return code.status() >= 500 && outcome == Outcome.NONE;
  }

  /** The payment that it is about or that conflicts. */
  public @Nullable String paymentId() {
    return paymentId;
  }

  /** The header {@code WWW-Authenticate} of a 401. */
  String wwwAuthenticate() {
    return challenge == null ? "Bearer" : "Bearer error=\"" + challenge + '"';
  }

  /** Seconds for the header {@code Retry-After}; 0 when it is not to be sent. */
  long retryAfterSeconds() {
    if (retryAfter == null) {
      return code.status() == 503 || code == ProblemCode.RATE_LIMITED ? 1 : 0;
    }
    return Math.max(1, retryAfter.plusMillis(999).toSeconds());
  }

  Body body(String instance, String requestId) {
    return new Body(
        "urn:quittance:problem:" + code.code(),
        code.title(),
        code.status(),
        printable(Redaction.of(String.valueOf(getMessage()))),
        Redaction.of(instance),
        code,
        errors.stream().map(InputError::redacted).toList(),
        requestId,
        paymentId,
        dependency,
        code.retryable(),
        outcome,
        resolvesBy);
  }
}
