package io.quittance.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses early what could not be answered in time: before the key is checked and the body read.
 * What is let in is never refused later for want of room.
 */
@Component
@Order(-10)
final class AdmissionFilter extends OncePerRequestFilter {

  private static final Pattern PAYMENT = Pattern.compile("/v1/payments/pay_[^/]*(/timeline)?");
  private static final Pattern OPERATION =
      Pattern.compile("/v1/payments/[^/]*/(captures|refunds|cancel|review)");
  private static final Set<String> READS = Set.of("GET", "HEAD");
  private static final Duration PATIENCE_MIN = Duration.ofMillis(50);
  private static final int KEYS_REMEMBERED_MAX = 100_000;
  private static final Duration KEYS_REMEMBERED_FOR = Duration.ofMinutes(10);

  private final Admission admission;
  private final ProblemWriter problems;
  private final Duration patience;

  /** Of requests that were let in, so that their repetitions are let in before others. */
  private final Cache<Long, Boolean> keys =
      Caffeine.newBuilder()
          .maximumSize(KEYS_REMEMBERED_MAX)
          .expireAfterWrite(KEYS_REMEMBERED_FOR)
          .build();

  AdmissionFilter(
      Admission admission,
      ProblemWriter problems,
      @Value("${quittance.deadline.default-ms:2000}") long patienceMs) {
    this.admission = admission;
    this.problems = problems;
    this.patience = Duration.ofMillis(patienceMs);
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getServletPath().startsWith("/v1/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Long key = key(request);
    if (!admission.enter(priority(request, key), patience(request))) {
      Duration retryAfter = admission.retryAfter();
      problems.write(
          Problem.of(ProblemCode.OVERLOADED, "Nothing was begun. Try again a little later.")
              .retryAfter(retryAfter),
          request,
          response);
      return;
    }
    try {
      if (key != null) {
        keys.put(key, true);
      }
      chain.doFilter(request, response);
    } finally {
      admission.leave();
    }
  }

  private Priority priority(HttpServletRequest request, @Nullable Long key) {
    String path = request.getServletPath();
    if (READS.contains(request.getMethod())) {
      return PAYMENT.matcher(path).matches() ? Priority.UNDER_WAY : Priority.REPORT;
    }
    if (key != null && keys.getIfPresent(key) != null) {
      return Priority.UNDER_WAY;
    }
    return OPERATION.matcher(path).matches() ? Priority.OPERATION : Priority.BEGINNING;
  }

  /** Stands for the caller, the path and its idempotency key; a collision only lets one in. */
  private static @Nullable Long key(HttpServletRequest request) {
    String key = request.getHeader("Idempotency-Key");
    if (key == null) {
      return null;
    }
    String caller = String.valueOf(request.getHeader(HttpHeaders.AUTHORIZATION));
    long high = 31L * caller.hashCode() + request.getServletPath().hashCode();
    return high << 32 ^ key.hashCode() & 0xffff_ffffL;
  }

  /** A deadline that is no deadline is refused where it is read. */
  private Duration patience(HttpServletRequest request) {
    String header = request.getHeader("Payment-Deadline-Ms");
    if (header == null || !header.matches("[0-9]{2,5}")) {
      return patience;
    }
    Duration asked = Duration.ofMillis(Long.parseLong(header));
    return asked.compareTo(PATIENCE_MIN) < 0 ? patience : asked;
  }
}
