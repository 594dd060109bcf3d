package io.quittance.openapi;

import io.quittance.identity.RequiresScope;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.FromHeaders;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/** What a handler method takes, returns and requires. */
record Handler(HandlerMethod method, String path, @Nullable Route route) {

  static Handler of(HandlerMethod method) {
    return new Handler(method, path(method), method.getMethodAnnotation(Route.class));
  }

  private static String path(HandlerMethod method) {
    RequestMapping outer =
        AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequestMapping.class);
    RequestMapping inner =
        Objects.requireNonNull(
            AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class));
    return (outer == null ? "" : first(outer.path())) + first(inner.path());
  }

  private static String first(String[] paths) {
    return paths.length == 0 ? "" : paths[0];
  }

  boolean open() {
    return !path.startsWith("/v1");
  }

  @Nullable RequiresScope scope() {
    return method.getMethodAnnotation(RequiresScope.class);
  }

  /** Whether the caller chooses the name of the object, so that 404 is impossible. */
  boolean namesItsObject() {
    return route != null
        && method.hasMethodAnnotation(PutMapping.class)
        && Arrays.stream(route.answers()).anyMatch(answer -> answer.status() == 201);
  }

  boolean isPaged() {
    return takes("cursor") || (route != null && List.of(route.query()).contains("cursor"));
  }

  private boolean takes(String name) {
    return Arrays.stream(method.getMethod().getParameters())
        .anyMatch(parameter -> parameter.getName().equals(name));
  }

  boolean takesHeader(String name) {
    return headers().contains(name);
  }

  SortedSet<String> headers() {
    var names = new TreeSet<String>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
      if (header != null) {
        names.add(header.name().isEmpty() ? header.value() : header.name());
      }
      FromHeaders several = parameter.getParameterType().getAnnotation(FromHeaders.class);
      if (several != null) {
        names.addAll(List.of(several.value()));
      }
    }
    return names;
  }

  /** Whether it reads its body itself. */
  boolean hasOwnBodies() {
    return route != null && route.bodies().length > 0;
  }

  @Nullable MethodParameter body() {
    for (MethodParameter parameter : method.getMethodParameters()) {
      if (parameter.hasParameterAnnotation(
          org.springframework.web.bind.annotation.RequestBody.class)) {
        return parameter;
      }
    }
    return null;
  }

  boolean needsKey() {
    return route == null || !route.keyOptional();
  }

  /**
   * The problems that it can answer with: those that follow from its parameters, and those of
   * {@link Route}.
   */
  Set<ProblemCode> problems() {
    var codes =
        EnumSet.of(
            ProblemCode.INVALID_REQUEST,
            ProblemCode.INVALID_IDEMPOTENCY_KEY,
            ProblemCode.NOT_ACCEPTABLE,
            ProblemCode.REQUEST_TOO_LARGE,
            ProblemCode.INTERNAL_ERROR,
            ProblemCode.OVERLOADED,
            ProblemCode.DEPENDENCY_UNAVAILABLE);
    if (!open()) {
      codes.add(ProblemCode.UNAUTHORIZED);
      codes.add(ProblemCode.MERCHANT_DISABLED);
      codes.add(ProblemCode.INSUFFICIENT_SCOPE);
      codes.add(ProblemCode.RATE_LIMITED);
    }
    if (path.contains("{") && !namesItsObject()) {
      codes.add(ProblemCode.NOT_FOUND);
    }
    if (hasOwnBodies()) {
      codes.add(ProblemCode.MALFORMED_JSON);
      codes.add(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    }
    if (body() != null) {
      codes.add(ProblemCode.MALFORMED_JSON);
      codes.add(ProblemCode.UNKNOWN_FIELD);
      codes.add(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    }
    if (takesHeader(IdempotencyHeaders.KEY)) {
      codes.add(ProblemCode.IDEMPOTENCY_IN_PROGRESS);
      codes.add(ProblemCode.IDEMPOTENCY_KEY_REUSED);
      codes.add(ProblemCode.DEADLINE_EXCEEDED);
      if (needsKey()) {
        codes.add(ProblemCode.IDEMPOTENCY_KEY_REQUIRED);
      }
    }
    if (takesHeader(DeadlineHeader.NAME)) {
      codes.add(ProblemCode.INVALID_DEADLINE);
      codes.add(ProblemCode.DEADLINE_EXCEEDED);
    }
    if (isPaged()) {
      codes.add(ProblemCode.INVALID_CURSOR);
    }
    if (route != null) {
      codes.addAll(List.of(route.problems()));
      codes.addAll(route.refusals().codes());
    }
    return codes;
  }
}
