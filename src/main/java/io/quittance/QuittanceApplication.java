package io.quittance;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/**
 * Starts the service: the sandbox by default, the real thing under the profile {@code production}.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class QuittanceApplication {

  public static void main(String[] args) {
    SpringApplication.run(QuittanceApplication.class, args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
