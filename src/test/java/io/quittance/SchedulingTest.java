package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.Scheduled;

/** Jobs that run again and again, one beside the other. */
class SchedulingTest {

  /** As many jobs that hang as there may be others. */
  static final class Jobs {

    private final CountDownLatch hanging = new CountDownLatch(2);
    private final CountDownLatch runs = new CountDownLatch(3);
    private final CountDownLatch end = new CountDownLatch(1);

    @Scheduled(fixedDelay = 1)
    void hangs() throws InterruptedException {
      hanging.countDown();
      end.await();
    }

    @Scheduled(fixedDelay = 1)
    void hangsToo() throws InterruptedException {
      hanging.countDown();
      end.await();
    }

    @Scheduled(fixedDelay = 1)
    void runs() throws InterruptedException {
      hanging.await();
      runs.countDown();
    }
  }

  static class Application {
    @Bean
    MeterRegistry registry() {
      return new SimpleMeterRegistry();
    }

    @Bean
    Jobs jobs() {
      return new Jobs();
    }
  }

  @Test
  void aJobThatHangsDelaysNoOther() {
    new ApplicationContextRunner()
        .withPropertyValues("spring.threads.virtual.enabled=true")
        .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
        .withUserConfiguration(SchedulingConfiguration.class, Application.class)
        .run(
            context -> {
              Jobs jobs = context.getBean(Jobs.class);
              try {
                assertThat(jobs.runs.await(30, TimeUnit.SECONDS)).isTrue();
              } finally {
                jobs.end.countDown();
              }
            });
  }

  @Test
  void thereIsAThreadForEachJob() {
    long jobs =
        new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests()).importPackages("io.quittance").stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Scheduled.class))
                .count();

    assertThat(jobs).isPositive().isLessThanOrEqualTo(SchedulingConfiguration.JOBS_MAX);
  }
}
