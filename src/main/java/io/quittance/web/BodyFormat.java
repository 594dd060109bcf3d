package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refuses a compressed body before it is taken for something else (RFC 9110, 15.5.16). */
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
      throw Problem.of(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "The body must be sent as it is: this route takes no Content-Encoding.");
    }
    return true;
  }
}
