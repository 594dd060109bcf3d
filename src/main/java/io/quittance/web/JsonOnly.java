package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses a caller that does not take JSON before its request is carried out: found out while
 * writing the answer, the money would have moved. A route that names what it produces is left to
 * Spring, which checks it as early.
 */
@Configuration(proxyBeanMethods = false)
class JsonOnly implements WebMvcConfigurer, HandlerInterceptor {

  private final HeaderContentNegotiationStrategy accept = new HeaderContentNegotiationStrategy();

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/v1/**");
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws HttpMediaTypeException {
    if (inAnotherCharset(request.getContentType())) {
      throw new HttpMediaTypeNotSupportedException("Only UTF-8 is read.");
    }
    if (request.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE) == null) {
      List<MediaType> taken = accept.resolveMediaTypes(new ServletWebRequest(request));
      if (taken.stream().noneMatch(MediaType.APPLICATION_JSON::isCompatibleWith)) {
        throw new HttpMediaTypeNotAcceptableException(List.of(MediaType.APPLICATION_JSON));
      }
      request.setAttribute(
          HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, Set.of(MediaType.APPLICATION_JSON));
    }
    return true;
  }

  private static boolean inAnotherCharset(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    try {
      Charset charset = MediaType.parseMediaType(contentType).getCharset();
      return charset != null && !charset.equals(StandardCharsets.UTF_8);
    } catch (InvalidMediaTypeException e) {
      // Spring refuses it, where there is a body to read.
      return false;
    }
  }
}
