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
   * The JDK's property for how many platform threads carry the virtual ones; by default one a CPU.
   */
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

  private static final int CARRIERS_MIN = 32;

  /**
   * On a machine of few CPUs there are more carriers than CPUs: a virtual thread that waits for a
   * lock while it loads or initializes a class keeps its carrier (JEP 491), and if all carriers are
   * kept so while the thread whose turn it is needs one, none ever runs again. The first requests
   * load many classes at once.
   */
  public static void main(String[] args) {
    if (System.getProperty(CARRIERS) == null) {
      int cpus = Runtime.getRuntime().availableProcessors();
      System.setProperty(CARRIERS, Integer.toString(Math.max(CARRIERS_MIN, cpus)));
    }
    SpringApplication.run(QuittanceApplication.class, args);
  }

  /** Ticks in microseconds, as databases store them: what is answered is what will be read. */
  @Bean
  Clock clock() {
    return Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));
  }
}
