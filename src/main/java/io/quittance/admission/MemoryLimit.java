package io.quittance.admission;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Limits the memory that the requests of one kind take until they end. Each merchant has its fair
 * share of it ({@link MemoryShares}); requests beyond that are refused before their handler runs.
 */
public abstract class MemoryLimit implements WebMvcConfigurer, HandlerInterceptor {

  private final MemoryShares shares;
  private final String paths;

  /**
   * @param metric the name of the metric that tells how much is taken, without its unit
   * @param paths a pattern of the paths that are limited
   */
  protected MemoryLimit(String metric, String description, String paths, MeterRegistry registry) {
    this.shares = new MemoryShares(metric, description, registry);
    this.paths = paths;
  }

  /** The most bytes that a request may take, the same at its beginning and its end; 0: no limit. */
  protected abstract long bytes(HttpServletRequest request, Object handler);

  /** The answer to a request that is refused. */
  protected abstract Problem refusal();

  @Override
  public final void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns(paths);
  }

  @Override
  public final boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!shares.take(request, bytes(request, handler))) {
      throw refusal();
    }
    return true;
  }

  @Override
  public final void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception e) {
    shares.giveBack(request, bytes(request, handler));
  }
}
