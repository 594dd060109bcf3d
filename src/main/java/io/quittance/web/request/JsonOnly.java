package io.quittance.web.request;

import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Negotiates the content type before a request is carried out, and refuses a caller that does not
 * accept it; while writing the response, the money would have moved already. A route answers in
 * JSON, or in the type of its {@link Route}, always in UTF-8. A quality of 0 is a refusal, and the
 * most specific range counts (RFC 9110, 12.5.1).
 */
@Configuration(proxyBeanMethods = false)
class JsonOnly implements WebMvcConfigurer, HandlerInterceptor {

  private static final String PRODUCED = JsonOnly.class.getName();

  private final HeaderContentNegotiationStrategy accept = new HeaderContentNegotiationStrategy();

  /** The content types of handlers; empty: not a route of the API. */
  private final Map<Method, Optional<MediaType>> produced = new ConcurrentHashMap<>();

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
    configurer.strategies(List.of(this::negotiated));
  }

  /** After that decision, no parameter of the caller changes how the response is written. */
  private List<MediaType> negotiated(NativeWebRequest request)
      throws HttpMediaTypeNotAcceptableException {
    return request.getAttribute(PRODUCED, RequestAttributes.SCOPE_REQUEST)
            instanceof MediaType produced
        ? List.of(produced)
        : accept.resolveMediaTypes(request);
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws HttpMediaTypeException {
    if (handler instanceof HandlerMethod method) {
      Optional<MediaType> type =
          produced.computeIfAbsent(
              method.getMethod(),
              _ ->
                  Optional.ofNullable(method.getMethodAnnotation(Route.class))
                      .map(JsonOnly::produced));
      if (type.isPresent()) {
        negotiate(request, type.get());
      }
    }
    return true;
  }

  private void negotiate(HttpServletRequest request, MediaType type) throws HttpMediaTypeException {
    if (unreadable(request.getContentType())) {
      throw new HttpMediaTypeNotSupportedException("The charset must be UTF-8.");
    }
    if (!met(accept.resolveMediaTypes(new ServletWebRequest(request)), type)) {
      throw new HttpMediaTypeNotAcceptableException(List.of(type));
    }
    request.setAttribute(PRODUCED, type);
    request.setAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, Set.of(type));
  }

  /** The content type of all successful responses of a route. */
  private static MediaType produced(Route route) {
    return Arrays.stream(route.answers())
        .map(answer -> MediaType.parseMediaType(answer.mediaType()))
        .findFirst()
        .orElse(MediaType.APPLICATION_JSON);
  }

  private static boolean met(List<MediaType> ranges, MediaType produced) {
    return ranges.stream()
        .filter(range -> range.isCompatibleWith(produced) && utf8(range.getCharset()))
        .max(Comparator.comparingInt(JsonOnly::specificity))
        .map(range -> range.getQualityValue() > 0)
        .orElse(false);
  }

  private static int specificity(MediaType range) {
    if (range.isWildcardType()) {
      return 0;
    }
    return range.isWildcardSubtype() ? 1 : 2;
  }

  /**
   * Whether it has another charset, or is a range of types, which Spring treats as a malformed
   * request.
   */
  private static boolean unreadable(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      return !type.isConcrete() || !utf8(type.getCharset());
    } catch (InvalidMediaTypeException e) {
      // Spring refuses it, where there is a body to read.
      return false;
    }
  }

  private static boolean utf8(@Nullable Charset charset) {
    return charset == null || charset.equals(StandardCharsets.UTF_8);
  }
}
