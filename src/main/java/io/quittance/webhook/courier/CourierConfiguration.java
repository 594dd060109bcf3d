package io.quittance.webhook.courier;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.webhook.WebhookProperties;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one courier of all webhooks. */
@Configuration(proxyBeanMethods = false)
class CourierConfiguration {

  private static final Duration IDLE_MAX = Duration.ofSeconds(20);

  @Bean
  Courier courier(WebhookProperties properties, DeadlineScopes scopes, MeterRegistry registry)
      throws NoSuchAlgorithmException {
    return new Courier(
        DnsResolver.ofThisMachine(properties.allowLoopback(), registry),
        new CourierSettings(
            properties.workers(),
            4 * properties.perEndpoint(),
            properties.timeout().dividedBy(2),
            IDLE_MAX),
        SSLContext.getDefault(),
        scopes);
  }
}
