package io.quittance;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Scheduled jobs, such as sweeps. Each has its own thread, so that one that hangs does not delay
 * the others; Spring Boot would run all of them on one. A job that fails throws its error: Spring
 * counts it, and a {@link WatchedJob} logs it.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SchedulingConfiguration {

  /** At least the number of jobs; a test checks that. */
  static final int JOBS_MAX = 32;

  /**
   * A job is not interrupted at shutdown, because it may be in JDBC. It has this time to end by
   * itself.
   */
  private static final int END_SECONDS_MAX = 10;

  @Bean
  ThreadPoolTaskScheduler taskScheduler(MeterRegistry registry) {
    var scheduler = new WatchingScheduler(registry);
    scheduler.setPoolSize(JOBS_MAX);
    scheduler.setVirtualThreads(true);
    scheduler.setThreadNamePrefix("scheduled-");
    scheduler.setWaitForTasksToCompleteOnShutdown(true);
    scheduler.setAwaitTerminationSeconds(END_SECONDS_MAX);
    return scheduler;
  }
}
