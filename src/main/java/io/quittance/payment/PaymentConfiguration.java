package io.quittance.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.access.Backlog;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.FanOut;
import io.quittance.concurrency.JvmConcurrencyMetrics;
import io.quittance.journal.Journal;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The library's building blocks, as this service uses them. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

  @Bean
  DeadlineScopes deadlineScopes(MeterRegistry registry, Clock clock) {
    return new DeadlineScopes(registry, clock);
  }

  @Bean
  FanOut fanOut(DeadlineScopes scopes) {
    return new FanOut(scopes);
  }

  /** New requests wait for the journal: what they may expect of it decides who is let in. */
  @Bean
  Backlog backlog(Journal journal) {
    return () ->
        IntStream.range(0, journal.lanes())
            .mapToObj(journal::expectedTime)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
  }

  @Bean
  JvmConcurrencyMetrics jvmConcurrencyMetrics() {
    return new JvmConcurrencyMetrics();
  }
}
