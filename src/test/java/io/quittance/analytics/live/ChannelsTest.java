package io.quittance.analytics.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.testing.Proves;
import io.quittance.web.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose frames are made when, and who may watch. */
class ChannelsTest {

  private static final UUID SLOW = new UUID(0, 10);
  private static final UUID OTHER = new UUID(0, 11);
  private static final UUID THIRD = new UUID(0, 12);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int WATCHERS_MAX = 4;

  private final AtomicLong nanos = new AtomicLong();
  private final SettableFrames frames = new SettableFrames();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Channels channels =
      new Channels(
          new LiveProperties(WATCHERS_MAX, Duration.ofMillis(500)),
          frames,
          new ObjectMapper().registerModule(new JavaTimeModule()),
          meters,
          nanos::get);

  /** Notes whose frames are made; one that is held is being made until it is let go. */
  private final class SettableFrames extends Frames {

    private final BlockingQueue<UUID> begun = new LinkedBlockingQueue<>();
    private final Map<UUID, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Map<UUID, Duration> durations = new ConcurrentHashMap<>();
    private final Set<UUID> failing = ConcurrentHashMap.newKeySet();

    SettableFrames() {
      super(null);
    }

    @Override
    LiveFrame of(UUID merchantId) {
      begun.add(merchantId);
      CountDownLatch latch = held.get(merchantId);
      if (latch != null) {
        Awaitility.await().atMost(PATIENCE).until(() -> latch.getCount() == 0);
      }
      pass(durations.getOrDefault(merchantId, Duration.ZERO));
      if (failing.contains(merchantId)) {
        throw new IllegalStateException("its panes cannot be read");
      }
      return new FrameSums(0, 1).frame(Instant.EPOCH);
    }

    void hold(UUID merchantId) {
      held.put(merchantId, new CountDownLatch(1));
    }

    void letGo(UUID merchantId) {
      held.remove(merchantId).countDown();
    }

    UUID next() throws InterruptedException {
      return begun.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @AfterEach
  void stop() {
    channels.stop();
  }

  @Test
  void howeverLongAFrameTakesTheOthersComeNext() throws InterruptedException {
    channels.enter(SLOW);
    frames.hold(SLOW);
    channels.tick();
    assertThat(frames.next()).isEqualTo(SLOW);
    Channel other = channels.enter(OTHER).channel();
    Channel third = channels.enter(THIRD).channel();
    channels.tick();

    pass(Duration.ofHours(1));
    frames.letGo(SLOW);

    assertThat(other.next(0, PATIENCE)).isNotNull();
    assertThat(third.next(0, PATIENCE)).isNotNull();
  }

  @Test
  void aMerchantWhoseFrameWasSlowRestsAsLong() throws InterruptedException {
    Channel slow = channels.enter(SLOW).channel();
    frames.durations.put(SLOW, Duration.ofSeconds(3));
    channels.tick();
    assertThat(slow.next(0, PATIENCE)).isNotNull();
    assertThat(frames.next()).isEqualTo(SLOW);
    channels.enter(OTHER);
    for (int i = 0; i < 2; i++) {
      tickUntilAFrameIsMadeOf(OTHER);
      assertThat(frames.begun).doesNotContain(SLOW);
      frames.begun.clear();
      pass(Duration.ofSeconds(1));
    }

    pass(Duration.ofSeconds(1));

    tickUntilAFrameIsMadeOf(SLOW);
  }

  private void tickUntilAFrameIsMadeOf(UUID merchantId) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              channels.tick();
              return frames.begun.contains(merchantId);
            });
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> gauge("queue.depth") == 0 && gauge("workers.busy") == 0);
  }

  private double gauge(String ofPool) {
    return meters.get("quittance.pool." + ofPool).gauge().value();
  }

  @Test
  void noFrameIsMadeOfAMerchantWhoseWatchersHaveLeft() throws InterruptedException {
    channels.enter(SLOW);
    frames.hold(SLOW);
    channels.tick();
    assertThat(frames.next()).isEqualTo(SLOW);
    Channels.Place left = channels.enter(OTHER);
    channels.tick();
    left.close();
    channels.enter(THIRD);
    channels.tick();

    frames.letGo(SLOW);

    assertThat(frames.next()).isEqualTo(THIRD);
  }

  @Test
  @Proves("tables of analytics are locked")
  void aFrameThatCannotBeMadeIsMadeLater() throws InterruptedException {
    Channel channel = channels.enter(OTHER).channel();
    frames.failing.add(OTHER);
    tickUntilAFrameIsMadeOf(OTHER);
    frames.begun.clear();
    frames.failing.clear();

    tickUntilAFrameIsMadeOf(OTHER);

    assertThat(channel.next(0, PATIENCE)).isNotNull();
  }

  /** All of them may ask at the same moment: the one that goes is enough. */
  @Test
  void aMerchantThatHasAllStreamsYieldsAsManyAsAreWanted() {
    List<Channels.Place> many = new ArrayList<>();
    IntStream.range(0, WATCHERS_MAX).forEach(_ -> many.add(channels.enter(SLOW)));
    assertThatThrownBy(() -> channels.enter(SLOW)).isInstanceOf(Problem.class);
    assertThat(many).noneMatch(Channels.Place::yields);

    Channels.Place other = channels.enter(OTHER);

    assertThat(other.yields()).isFalse();
    List<Channels.Place> yielding = many.stream().filter(Channels.Place::yields).toList();
    assertThat(yielding).hasSize(1);
    assertThatThrownBy(() -> channels.enter(SLOW)).isInstanceOf(Problem.class);
    yielding.forEach(Channels.Place::close);
    assertThat(meters.get("quittance.analytics.watchers").gauge().value()).isEqualTo(WATCHERS_MAX);
  }
}
