package io.quittance;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Starts the service: the sandbox by default, production with the profile {@code production}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class QuittanceApplication {

  /**
   * The JDK's property for the number of carrier threads of virtual threads; by default one per
   * CPU.
   */
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

  private static final int CARRIERS_MIN = 32;

  /**
   * On a machine with few CPUs it sets more carriers than CPUs. A virtual thread that waits for a
   * lock while it loads or initializes a class keeps its carrier (JEP 491). If all carriers are
   * kept in this way while the owner of the lock needs one, there is a deadlock. The first requests
   * load many classes at once.
   */
  public static void main(String[] args) {
    if (System.getProperty(CARRIERS) == null) {
      int cpus = Runtime.getRuntime().availableProcessors();
      System.setProperty(CARRIERS, Integer.toString(Math.max(CARRIERS_MIN, cpus)));
    }
    SpringApplication.run(QuittanceApplication.class, args);
  }

  /** Ticks in microseconds, as databases store them, so that responses have the stored values. */
  @Bean
  Clock clock() {
    return Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));
  }
}
