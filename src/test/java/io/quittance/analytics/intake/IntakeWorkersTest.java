package io.quittance.analytics.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.analytics.event.EventFormat;
import io.quittance.analytics.event.EventParser;
import io.quittance.analytics.event.ParsedBody;
import io.quittance.analytics.name.Vocabulary;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.testing.Proves;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** How merchants share the queue of a worker. */
class IntakeWorkersTest {

  private static final UUID FLOOD = new UUID(0, 10);
  private static final UUID OTHER = new UUID(0, 11);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int QUEUE_BYTES = 32 * 1024 * 1024;

  private final CountDownLatch open = new CountDownLatch(1);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<CompletableFuture<IntakeResult>> taken = new ArrayList<>();

  /** Whose bodies were counted, in this order. */
  private final List<UUID> counted = new CopyOnWriteArrayList<>();

  private final IntakeWorkers workers =
      new IntakeWorkers(
          new Held(),
          new Binder(new MapConfigurationPropertySource(Map.of("quittance.analytics.shards", 1)))
              .bind("quittance.analytics", AnalyticsProperties.class)
              .get(),
          meters);

  /** Counts nothing until it is let go. */
  private final class Held implements BodyCounter, BodyCounter.Source {

    @Override
    public BodyCounter open() {
      return this;
    }

    @Override
    public void count(List<Job<Body, IntakeResult>> jobs) throws InterruptedException {
      open.await();
      for (Job<Body, IntakeResult> job : jobs) {
        counted.add(job.item().merchantId());
        job.succeed(new IntakeResult(new IntakeResponse(0, 0, 0, 0, 0, List.of()), false));
      }
    }

    @Override
    public long forgottenEarly() {
      return 0;
    }

    @Override
    public long uncounted(UUID merchantId) {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static Body body(UUID merchantId, int bytes) throws Exception {
    ParsedBody content =
        new EventParser()
            .parse(
                new byte[0],
                EventFormat.LINES,
                merchantId,
                new Vocabulary(new Vocabulary.Limits(1, 1)),
                Instant.EPOCH);
    return new Body(merchantId, content, null, bytes);
  }

  private void submit(Body body) {
    taken.add(workers.submit(body, Deadline.after(PATIENCE)));
  }

  private int submitUntilRefused(Body body) {
    for (int count = 0; ; count++) {
      try {
        submit(body);
      } catch (QueueFullException e) {
        return count;
      }
    }
  }

  @AfterEach
  void stop() {
    open.countDown();
    workers.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  @Proves("one merchant sends more")
  void aMerchantThatFillsTheQueueLeavesOthersTheirShare(int bytes) throws Exception {
    Body large = body(FLOOD, bytes);
    int alone = submitUntilRefused(large);
    assertThat(alone).isEqualTo(Math.min(1024, QUEUE_BYTES / bytes));

    int beside = submitUntilRefused(body(OTHER, bytes));

    assertThat(beside).isEqualTo(alone / 2);
    assertThatThrownBy(() -> submit(large)).isInstanceOf(QueueFullException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  void aMerchantWaitsForNoMoreThanOneRoundOfAnother(int bytes) throws Exception {
    submitUntilRefused(body(FLOOD, bytes));
    submit(body(OTHER, bytes));
    open.countDown();
    taken.getLast().join();

    assertThat(counted.indexOf(OTHER)).isBetween(0, Math.min(256, 2_000_000 / bytes) + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  void whatWasCountedTakesNoRoom(int bytes) throws Exception {
    int room = submitUntilRefused(body(FLOOD, bytes));
    submitUntilRefused(body(OTHER, bytes));
    open.countDown();
    CompletableFuture.allOf(taken.toArray(CompletableFuture[]::new)).join();

    assertThat(meters.get("quittance.analytics.queued").gauge().value()).isZero();
    for (int i = 0; i < room; i++) {
      submit(body(FLOOD, bytes));
    }
  }
}
