package io.quittance.openapi;

import io.quittance.identity.RequiresScope;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Route;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;

/** Describes one route from its handler: signature, scope, and {@link Route}. */
final class OperationDescriber {

  static final String KEY = "apiKey";
  static final String OPERATOR = "operatorKey";

  private final Schemas schemas;
  private final Parameters parameters;
  private final Responses responses;

  OperationDescriber(Schemas schemas, Parameters parameters) {
    this.schemas = schemas;
    this.parameters = parameters;
    this.responses = new Responses(schemas);
  }

  Responses responses() {
    return responses;
  }

  Operation describe(Operation operation, HandlerMethod method) {
    Handler handler = Handler.of(method);
    Route route = handler.route();
    if (route != null) {
      operation.operationId(route.id()).summary(route.summary());
    }
    RequiresScope scope = handler.scope();
    operation
        .description(description(handler))
        .tags(List.of(handler.path().split("/", -1)[handler.open() ? 1 : 2]))
        .parameters(parameters(handler))
        .requestBody(body(handler))
        .responses(responses(handler))
        .security(
            handler.open()
                ? List.of()
                : List.of(
                    scope == null
                        ? new SecurityRequirement().addList(OPERATOR)
                        : new SecurityRequirement().addList(KEY, scope.value().text())));
    return operation;
  }

  private static String description(Handler handler) {
    Route route = handler.route();
    RequiresScope scope = handler.scope();
    String more = route == null ? "" : route.summary() + ". " + route.description();
    if (handler.open()) {
      return more.strip();
    }
    return (more.strip()
            + "\n\n"
            + (scope == null
                ? "Takes the operator key only."
                : "Needs the scope `%s`.".formatted(scope.value().text())))
        .strip();
  }

  private List<Parameter> parameters(Handler handler) {
    var found = new ArrayList<Parameter>();
    for (MethodParameter parameter : handler.method().getMethodParameters()) {
      if (parameter.hasParameterAnnotation(PathVariable.class)) {
        found.add(parameters.inPath(handler.path(), name(handler, parameter)));
      }
      RequestParam query = parameter.getParameterAnnotation(RequestParam.class);
      if (query != null) {
        found.add(
            parameters.on(handler.path(), "query", name(handler, parameter), query.required()));
      }
    }
    if (handler.route() != null) {
      for (String name : handler.route().query()) {
        found.add(parameters.on(handler.path(), "query", name, false));
      }
    }
    for (String name : handler.headers()) {
      found.add(
          parameters.on(
              handler.path(),
              "header",
              name,
              name.equals(IdempotencyHeaders.KEY) && handler.needsKey()));
    }
    found.add(parameters.named("header", "X-Request-Id", false));
    return found;
  }

  private static String name(Handler handler, MethodParameter parameter) {
    return handler.method().getMethod().getParameters()[parameter.getParameterIndex()].getName();
  }

  private @Nullable RequestBody body(Handler handler) {
    if (handler.hasOwnBodies()) {
      var content = new Content();
      for (Route.Body body : Objects.requireNonNull(handler.route()).bodies()) {
        Schema<?> schema = schemas.of(body.of());
        content.addMediaType(
            body.mediaType(),
            new MediaType().schema(body.list() ? Schemas.schema("array").items(schema) : schema));
      }
      return new RequestBody().required(true).content(content);
    }
    MethodParameter parameter = handler.body();
    if (parameter == null) {
      return null;
    }
    var annotation =
        Objects.requireNonNull(
            parameter.getParameterAnnotation(
                org.springframework.web.bind.annotation.RequestBody.class));
    return new RequestBody()
        .required(annotation.required())
        .content(
            new Content()
                .addMediaType(
                    "application/json",
                    new MediaType().schema(schemas.of(parameter.getParameterType()))));
  }

  private ApiResponses responses(Handler handler) {
    var all = new ApiResponses();
    addSuccesses(handler, all);
    responses.addProblems(handler.problems(), all);
    if (handler.route() != null && handler.route().refusal() != void.class) {
      Responses.describe(
          Objects.requireNonNull(all.get("422")), schemas.of(handler.route().refusal()));
    }
    all.forEach(
        (status, response) -> {
          Responses.addHeader(response, "X-Request-Id");
          if (!handler.open() && !status.equals("401")) {
            Responses.addHeader(response, "RateLimit");
            Responses.addHeader(response, "RateLimit-Policy");
          }
          if (handler.takesHeader(IdempotencyHeaders.KEY)) {
            Responses.addHeader(response, IdempotencyHeaders.REPLAYED);
            if (handler.takesHeader(DeadlineHeader.NAME)) {
              Responses.addHeader(response, "Server-Timing");
            }
          }
        });
    return all;
  }

  private void addSuccesses(Handler handler, ApiResponses all) {
    Route route = handler.route();
    if (route != null && route.answers().length > 0) {
      for (Route.Answer answer : route.answers()) {
        all.addApiResponse(
            "" + answer.status(),
            Responses.success(answer.status(), answer.mediaType(), schemas.of(answer.body())));
      }
      return;
    }
    ResponseStatus annotation = handler.method().getMethodAnnotation(ResponseStatus.class);
    int status = annotation == null ? 200 : annotation.code().value();
    Type type = unwrapped(handler.method().getMethod().getGenericReturnType());
    all.addApiResponse(
        "" + status,
        type == void.class
            ? Responses.empty(status)
            : Responses.success(status, "application/json", schemas.of(type)));
  }

  private static Type unwrapped(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == ResponseEntity.class
        ? generic.getActualTypeArguments()[0]
        : type;
  }
}
