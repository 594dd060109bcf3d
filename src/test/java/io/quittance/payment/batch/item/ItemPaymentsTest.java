package io.quittance.payment.batch.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.create.NewPayment;
import io.quittance.payment.create.PaymentProcessor;
import io.quittance.payment.create.Screener;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.timeline.Timelines;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class ItemPaymentsTest {

  private static final BatchItem ITEM =
      new BatchItem(
          UUID.randomUUID(),
          UUID.randomUUID(),
          0,
          0,
          new NewPayment(10L, "EUR", "payer", "payee", null, null, null, null, null));

  private final Screener screener = mock(Screener.class);
  private final ItemPayments payments =
      new ItemPayments(
          mock(PaymentProcessor.class),
          screener,
          new DeadlineScopes(new SimpleMeterRegistry(), Clock.systemUTC()),
          mock(Dependencies.class),
          mock(Timelines.class),
          new SimpleMeterRegistry(),
          mock(PaymentProperties.class),
          mock(DeadlineProperties.class),
          new ObjectMapper());

  @Test
  void saysThatItIsOverloadedWhenTooManyLookUpsOfRulesWait() throws InterruptedException {
    assertScreeningSays(new QueueFullException("rules", 1), ProblemCode.OVERLOADED);
  }

  @Test
  void saysThatADependencyIsAwayWhenRulesCannotBeRead() throws InterruptedException {
    assertScreeningSays(
        new DataAccessResourceFailureException("away"), ProblemCode.DEPENDENCY_UNAVAILABLE);
  }

  private void assertScreeningSays(RuntimeException failure, ProblemCode code)
      throws InterruptedException {
    when(screener.fork(any(), any(), any())).thenThrow(failure);

    assertThatThrownBy(() -> payments.screen(ITEM, Deadline.after(Duration.ofMinutes(1))))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(code);
              assertThat(problem.saysNothingHappened()).isTrue();
            });
  }
}
