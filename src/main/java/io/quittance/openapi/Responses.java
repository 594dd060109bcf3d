package io.quittance.openapi;

import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.InputError;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/** The responses of a route: its successes, and its problems by status. */
final class Responses {

  /** The problem codes of a status of a route, for clients that check responses. */
  static final String CODES = "x-problem-codes";

  private static final Set<ProblemCode> PATIENCE =
      Set.of(ProblemCode.IDEMPOTENCY_IN_PROGRESS, ProblemCode.RATE_LIMITED);

  /**
   * Responses that most routes share, described once; other combinations of codes are not shared.
   */
  private static final Map<String, Set<ProblemCode>> SHARED =
      Map.ofEntries(
          Map.entry("Unauthorized", Set.of(ProblemCode.UNAUTHORIZED)),
          Map.entry(
              "Forbidden", Set.of(ProblemCode.MERCHANT_DISABLED, ProblemCode.INSUFFICIENT_SCOPE)),
          Map.entry("NotFound", Set.of(ProblemCode.NOT_FOUND)),
          Map.entry("NotAcceptable", Set.of(ProblemCode.NOT_ACCEPTABLE)),
          Map.entry("ContentTooLarge", Set.of(ProblemCode.REQUEST_TOO_LARGE)),
          Map.entry("UnsupportedMediaType", Set.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE)),
          Map.entry("TooManyRequests", Set.of(ProblemCode.RATE_LIMITED)),
          Map.entry("InternalServerError", Set.of(ProblemCode.INTERNAL_ERROR)),
          Map.entry(
              "ServiceUnavailable",
              Set.of(ProblemCode.OVERLOADED, ProblemCode.DEPENDENCY_UNAVAILABLE)),
          Map.entry("GatewayTimeout", Set.of(ProblemCode.DEADLINE_EXCEEDED)));

  private static final Map<ProblemCode, InputError> ERRORS =
      Map.of(
          ProblemCode.INVALID_REQUEST,
          InputError.of("amount", InputError.Code.OUT_OF_RANGE, "must be at least 1, not 0"),
          ProblemCode.UNKNOWN_FIELD,
          InputError.of("amout", InputError.Code.UNKNOWN_FIELD, "is not a known field"));

  private final Map<String, ApiResponse> shared = new TreeMap<>();
  private final Set<ProblemCode> used = EnumSet.noneOf(ProblemCode.class);
  private final Schema<?> problem;

  Responses(Schemas schemas) {
    this.problem = schemas.of(Problem.Body.class);
  }

  /** Response headers. */
  static void addHeaders(Components components) {
    header(components, "X-Request-Id", "The request's id: the caller's, or a new one.", "string");
    header(
        components, IdempotencyHeaders.REPLAYED, "`true`: the answer to a repetition.", "string");
    header(components, "Server-Timing", "How long each subtask took (W3C).", "string");
    header(components, "WWW-Authenticate", "`Bearer` (RFC 6750).", "string");
    header(components, "RateLimit", "What is left of the quotas (IETF draft).", "string");
    header(
        components,
        "RateLimit-Policy",
        "The merchant's quota, and the key's if it has less (IETF draft).",
        "string");
    components.addHeaders(
        "Retry-After",
        new Header()
            .description("Seconds after which a repetition may succeed.")
            .schema(Schemas.schema("integer").minimum(BigDecimal.ONE)));
  }

  private static void header(Components components, String name, String says, String type) {
    components.addHeaders(name, new Header().description(says).schema(Schemas.schema(type)));
  }

  /** Adds the shared responses, and one example for each problem code of the routes. */
  void addTo(Components components) {
    components.setResponses(shared);
    for (ProblemCode code : used) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("type", "urn:quittance:problem:" + code.code());
      body.put("title", code.title());
      body.put("status", code.status());
      InputError error = ERRORS.get(code);
      body.put("detail", error == null ? code.title() + "." : error.detail());
      body.put("instance", "/v1/payments");
      body.put("code", code.code());
      if (error != null) {
        body.put("errors", List.of(error));
      }
      body.put("request_id", "req_01k9z3v8e4f6h8j0m2p4r6t8w0");
      body.put("retryable", code.retryable());
      body.put("outcome", "none");
      components.addExamples(code.code(), new Example().summary(code.title()).value(body));
    }
  }

  /** A success without a body. */
  static ApiResponse empty(int status) {
    return new ApiResponse().description(phrase(status));
  }

  /** A success. */
  static ApiResponse success(int status, String mediaType, Schema<?> body) {
    return empty(status)
        .content(new Content().addMediaType(mediaType, new MediaType().schema(body)));
  }

  private static String phrase(int status) {
    return HttpStatus.valueOf(status).getReasonPhrase();
  }

  /** Adds a response for each status of these problems. */
  void addProblems(Set<ProblemCode> codes, ApiResponses responses) {
    used.addAll(codes);
    Map<Integer, List<ProblemCode>> byStatus =
        codes.stream()
            .sorted()
            .collect(Collectors.groupingBy(ProblemCode::status, TreeMap::new, Collectors.toList()));
    byStatus.forEach((status, of) -> responses.addApiResponse("" + status, problems(status, of)));
  }

  private ApiResponse problems(int status, List<ProblemCode> codes) {
    return SHARED.entrySet().stream()
        .filter(of -> of.getValue().equals(Set.copyOf(codes)))
        .findFirst()
        .map(of -> shared(of.getKey(), status, codes))
        .orElseGet(() -> described(status, codes));
  }

  private ApiResponse shared(String name, int status, List<ProblemCode> codes) {
    shared.computeIfAbsent(
        name,
        component -> {
          ApiResponse response = described(status, codes);
          addHeader(response, "X-Request-Id");
          if (status != 401) {
            addHeader(response, "RateLimit");
            addHeader(response, "RateLimit-Policy");
          }
          if (status == 503 || status == 504) {
            addHeader(response, IdempotencyHeaders.REPLAYED);
            addHeader(response, "Server-Timing");
          }
          return response;
        });
    return new ApiResponse().$ref("#/components/responses/" + name);
  }

  private ApiResponse described(int status, List<ProblemCode> codes) {
    var media = new MediaType().schema(problem);
    for (ProblemCode code : codes) {
      media.addExamples(code.code(), new Example().$ref("#/components/examples/" + code.code()));
    }
    ApiResponse response =
        new ApiResponse()
            .description(
                codes.stream()
                    .map(code -> "`%s`: %s.".formatted(code.code(), code.title()))
                    .collect(Collectors.joining(" ")))
            .content(new Content().addMediaType("application/problem+json", media));
    response.addExtension(CODES, codes.stream().map(ProblemCode::code).toList());
    if (status == 503 || codes.stream().anyMatch(PATIENCE::contains)) {
      addHeader(response, "Retry-After");
    }
    if (codes.contains(ProblemCode.UNAUTHORIZED)) {
      addHeader(response, "WWW-Authenticate");
    }
    return response;
  }

  /** Gives a problem a body of its own. */
  static void describe(ApiResponse response, Schema<?> body) {
    Objects.requireNonNull(response.getContent().get("application/problem+json")).setSchema(body);
  }

  /** Adds a header to a response that is not shared. */
  static void addHeader(ApiResponse response, String name) {
    if (response.get$ref() != null) {
      return;
    }
    response.addHeaderObject(name, new Header().$ref("#/components/headers/" + name));
  }
}
