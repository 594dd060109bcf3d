package io.quittance.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.admission.Backlog;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.FanOut;
import io.quittance.concurrency.JvmConcurrencyMetrics;
import io.quittance.journal.Journal;
import io.quittance.tracing.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans that payments need of other modules. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

  @Bean
  DeadlineScopes deadlineScopes(MeterRegistry registry, Clock clock, Tracing tracing) {
    return new DeadlineScopes(registry, clock, tracing);
  }

  @Bean
  FanOut fanOut(DeadlineScopes scopes) {
    return new FanOut(scopes);
  }

  /** Admission follows the time that the journal needs for a command. */
  @Bean
  Backlog backlog(Journal journal) {
    return new Backlog() {
      @Override
      public int lanes() {
        return journal.lanes();
      }

      @Override
      public int laneOf(UUID merchantId) {
        return journal.laneOf(merchantId);
      }

      @Override
      public Duration longestExpectedTime(int lane) {
        return journal.longestExpectedTime(lane);
      }

      @Override
      public Duration expectedTime(UUID merchantId) {
        return journal.expectedTime(merchantId);
      }
    };
  }

  /** Checks that no transaction can be applied after the {@code resolves_by} of its payment. */
  @Bean
  SmartInitializingSingleton resolveGraceCheck(Journal journal, PaymentProperties properties) {
    return () -> {
      if (properties.resolveGrace().compareTo(journal.longestTransaction()) <= 0) {
        throw new InvalidConfigurationPropertyValueException(
            "quittance.payment.resolve-grace",
            properties.resolveGrace(),
            "It must be longer than a transaction can live, which is %d ms: twice"
                    .formatted(journal.longestTransaction().toMillis())
                + " quittance.journal.transaction-limit.");
      }
    };
  }

  @Bean
  JvmConcurrencyMetrics jvmConcurrencyMetrics() {
    return new JvmConcurrencyMetrics();
  }
}
