package io.quittance.web.request;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses a compressed body before it is misread (RFC 9110, 15.5.16), except where a {@link Route}
 * takes gzip.
 */
@Configuration(proxyBeanMethods = false)
class BodyFormat implements WebMvcConfigurer, HandlerInterceptor {

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (RequestFilter.hasBody(request) && request.getHeader(HttpHeaders.CONTENT_ENCODING) != null) {
      boolean gzip =
          handler instanceof HandlerMethod method
              && method.getMethodAnnotation(Route.class) instanceof Route route
              && route.gzip();
      if (!gzip) {
        throw refusal("; this route takes no Content-Encoding");
      }
      if (!onlyGzip(request)) {
        throw refusal(", or with Content-Encoding: gzip");
      }
    }
    return true;
  }

  private static boolean onlyGzip(HttpServletRequest request) {
    List<String> encodings = Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING));
    return encodings.size() == 1 && encodings.getFirst().strip().equalsIgnoreCase("gzip");
  }

  private static Problem refusal(String rule) {
    return Problem.of(
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        "The body must be sent uncompressed%s.".formatted(rule));
  }
}
