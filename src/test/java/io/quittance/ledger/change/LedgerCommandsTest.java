package io.quittance.ledger.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.journal.Command;
import io.quittance.journal.DatabaseUnavailableException;
import io.quittance.journal.Journal;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ResolvesBy;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the caller of a transfer is told when the journal has not committed it. */
class LedgerCommandsTest {

  private static final Instant RESOLVES_BY = Instant.parse("2026-01-02T03:04:05Z");

  private final Journal journal = mock(Journal.class);
  private final ResolvesBy resolvesBy = mock(ResolvesBy.class);
  private final Command<String> command = mock();
  private final CompletableFuture<String> committed = new CompletableFuture<>();

  @BeforeEach
  void queue() {
    when(command.merchantId()).thenReturn(new UUID(0, 1));
    when(journal.<String>submit(any(), any())).thenReturn(committed);
    when(resolvesBy.after(any())).thenReturn(RESOLVES_BY);
  }

  private Problem problem(Duration grace) {
    var deadlines = new DeadlineProperties(2_000, 30_000);
    var commands = new LedgerCommands(journal, resolvesBy, deadlines, grace);
    return catchThrowableOfType(
        Problem.class,
        () -> commands.execute(command, Deadline.after(Duration.ofMillis(30)), "read it"));
  }

  /** Whoever waits for an account that somebody has locked is answered at the deadline. */
  @Test
  void saysAtTheDeadlineThatNothingHappenedWhileItWasQueued() {
    long startedNanos = System.nanoTime();

    Problem problem = problem(Duration.ofMinutes(1));

    assertThat(problem.code()).isEqualTo(ProblemCode.DEADLINE_EXCEEDED);
    assertThat(problem.saysNothingHappened()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - startedNanos))
        .isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void doesNotKnowTheOutcomeOfACommandThatHasStarted() {
    when(journal.<String>submit(any(), any()))
        .then(
            submitted -> {
              submitted.getArgument(0, Command.class).onStarted();
              return committed;
            });

    Problem problem = problem(Duration.ofMillis(10));

    assertThat(problem.code()).isEqualTo(ProblemCode.DEADLINE_EXCEEDED);
    assertThat(problem.saysNothingHappened()).isFalse();
  }

  @Test
  void saysWhatAnInterruptLeavesUnknownAndKeepsIt() {
    Thread.currentThread().interrupt();

    Problem problem = problem(Duration.ofMinutes(1));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(problem.saysNothingHappened()).isFalse();
    assertThat(problem).hasMessageContaining("stopping");
  }

  @Test
  void saysWhatFailed() {
    committed.completeExceptionally(mock(DatabaseUnavailableException.class));
    assertThat(problem(Duration.ZERO).code()).isEqualTo(ProblemCode.DEPENDENCY_UNAVAILABLE);

    when(journal.<String>submit(any(), any()))
        .thenThrow(new QueueFullException("journal", 1), new IllegalStateException("a bug"));
    assertThat(problem(Duration.ZERO).code()).isEqualTo(ProblemCode.OVERLOADED);
    assertThat(problem(Duration.ZERO).code()).isEqualTo(ProblemCode.INTERNAL_ERROR);
  }
}
