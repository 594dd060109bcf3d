package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tracer learns of each scope and subtask, on the thread that does the work. */
class ScopeTracerTest {

  private static final ThreadLocal<String> CURRENT = ThreadLocal.withInitial(() -> "nothing");

  private final Queue<String> ended = new ConcurrentLinkedQueue<>();

  private final DeadlineScopes scopes =
      new DeadlineScopes(
          new SimpleMeterRegistry(), Clock.systemUTC(), (scope, _) -> new Named(scope));

  /** Is the current one of its thread until it ends. */
  private final class Named implements ScopeTracer.Followed {

    private final String name;
    private final String before = CURRENT.get();

    private Named(String name) {
      this.name = name;
      CURRENT.set(name);
    }

    @Override
    public ScopeTracer.Followed begin(String subtask) {
      return new Named(name + "/" + subtask);
    }

    @Override
    public <T> Work<T> carry(Work<T> work) {
      String here = CURRENT.get();
      return deadline -> {
        CURRENT.set(here);
        return work.call(deadline);
      };
    }

    @Override
    public void end(SubtaskState state, @Nullable Throwable error) {
      CURRENT.set(before);
      ended.add(name + " " + state + (error == null ? "" : " " + error.getMessage()));
    }
  }

  private DeadlineScope open() {
    return scopes.open("scope", Deadline.after(Duration.ofMinutes(1)));
  }

  @Test
  void workIsFollowedOnItsOwnThread() throws Exception {
    try (DeadlineScope scope = open()) {
      Subtask<String> plain = scope.fork("plain", _ -> CURRENT.get());
      Subtask<String> limited =
          scope.fork("limited", Duration.ofSeconds(30), _ -> CURRENT.get(), _ -> "recovered");
      scope.join();

      assertThat(plain.result()).isEqualTo("scope/plain");
      assertThat(limited.result()).isEqualTo("scope/limited");
      assertThat(scope.<String>step("step", _ -> CURRENT.get())).isEqualTo("scope/step");
      assertThat(CURRENT.get()).isEqualTo("scope");
    }

    assertThat(CURRENT.get()).isEqualTo("nothing");
    assertThat(ended)
        .containsExactlyInAnyOrder(
            "scope/plain OK", "scope/limited OK", "scope/step OK", "scope OK");
  }

  @Test
  void aFailureIsTheSubtasksAndItsScopes() {
    assertThatExceptionOfType(ScopeFailedException.class)
        .isThrownBy(
            () -> {
              try (DeadlineScope scope = open()) {
                scope.fork(
                    "bad",
                    _ -> {
                      throw new IOException("broken");
                    });
                scope.join();
              }
            });

    assertThat(ended).containsExactly("scope/bad FAILED broken", "scope FAILED");
  }

  @Test
  void aRecoveredSubtaskDoesNotFailItsScope() throws Exception {
    try (DeadlineScope scope = open()) {
      Subtask<String> mended =
          scope.fork(
              "mended",
              Duration.ofSeconds(30),
              _ -> {
                throw new IOException("broken");
              },
              _ -> CURRENT.get());
      scope.join();
      assertThat(mended.result()).isEqualTo("scope/mended");
    }

    assertThat(ended).containsExactly("scope/mended FAILED broken", "scope OK");
  }
}
