package io.quittance;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Scheduled jobs, such as sweeps. Each has a thread of its own, so that one that hangs does not
 * delay the others; Spring Boot would run all of them on one. A job that fails throws what went
 * wrong: then Spring counts it as failed, and a {@link WatchedJob} logs it.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SchedulingConfiguration {

  /** More than there are; a test counts them. */
  static final int JOBS_MAX = 32;

  /** A job is not interrupted, for it may be in JDBC. It has this long to end by itself. */
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
