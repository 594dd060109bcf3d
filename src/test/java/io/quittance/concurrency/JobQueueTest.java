package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.WorkerPool.Job;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JobQueueTest {

  private static final Deadline LATER = Deadline.after(Duration.ofHours(1));

  private final JobQueue<String, String> queue =
      new JobQueue<>(WorkerPool.<String, String>named("test", _ -> {}).capacity(1).maxBatch(1));

  private final Workers workers = new Workers("test", Thread.ofVirtual().factory(), () -> {});

  /** Whoever comes at the right moments would keep them waiting for ever. */
  @RepeatedTest(20)
  void keepsRoomForThoseWhoWait() throws Exception {
    queue.add(List.of(job("first")));
    FutureTask<Void> second = waiting("second");
    FutureTask<Void> third = waiting("third");

    String taken = taken();
    boolean overtaken = offered();

    assertThat(taken).isEqualTo("first");
    assertThat(overtaken).isFalse();
    LATER.await(second);
    assertThat(taken()).isEqualTo("second");
    LATER.await(third);
    assertThat(taken()).isEqualTo("third");
    assertThat(offered()).isTrue();
  }

  private boolean offered() {
    try {
      queue.add(List.of(job("impatient")));
      return true;
    } catch (QueueFullException e) {
      return false;
    }
  }

  private FutureTask<Void> waiting(String name) {
    var task =
        new FutureTask<Void>(
            () -> {
              queue.addWhenRoom(job(name));
              return null;
            });
    Thread thread = Thread.ofPlatform().start(task);
    Waiting.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return task;
  }

  private String taken() {
    return queue.take(workers).getFirst().item();
  }

  private static Job<String, String> job(String name) {
    return new Job<>(name, LATER, 0);
  }
}
