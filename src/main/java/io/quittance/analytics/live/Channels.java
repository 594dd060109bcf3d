package io.quittance.analytics.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * A channel for each merchant that is watched. A frame is made once for all of them: one look at
 * the database and one encoding, however many there are. Thread-safe.
 */
@Component
class Channels {

  private static final Logger log = LoggerFactory.getLogger(Channels.class);

  /** It uses the connections for reads, which payments need more. */
  private static final int WORKERS = 1;

  private static final Duration FRAME_LIMIT = Duration.ofSeconds(2);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** How many watch a channel. */
  private static final class Watched {

    private final Channel channel;
    private int watchers;

    Watched(UUID merchantId) {
      channel = new Channel(merchantId);
    }
  }

  private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();
  private final Semaphore places;
  private final int watchersMax;
  private final Frames frames;
  private final ObjectMapper json;
  private final WorkerPool<Channel, Boolean> makers;
  private volatile boolean closed;

  Channels(LiveProperties properties, Frames frames, ObjectMapper json, MeterRegistry registry) {
    this.watchersMax = properties.maxWatchers();
    this.places = new Semaphore(watchersMax);
    this.frames = frames;
    this.json = json;
    this.makers =
        WorkerPool.<Channel, Boolean>named("live-frames", this::make)
            .workers(WORKERS)
            .start(registry);
    Gauge.builder(
            "quittance.analytics.watchers", places, left -> watchersMax - left.availablePermits())
        .description("Live streams that are open")
        .register(registry);
  }

  /**
   * The channel of a merchant; {@link #leave} gives it back.
   *
   * @throws Problem 503 there are as many watchers as may be
   */
  Channel enter(UUID merchantId) {
    if (closed || !places.tryAcquire()) {
      throw Problem.of(
              ProblemCode.OVERLOADED,
              "There are %d live streams, as many as may be at a time.".formatted(watchersMax))
          .retryAfter(RETRY_AFTER);
    }
    Channel channel =
        watched.compute(
                merchantId,
                (id, known) -> {
                  Watched entered = known == null ? new Watched(id) : known;
                  entered.watchers++;
                  return entered;
                })
            .channel;
    if (closed) {
      channel.close();
    }
    return channel;
  }

  void leave(Channel channel) {
    watched.computeIfPresent(
        channel.merchantId(), (id, known) -> --known.watchers == 0 ? null : known);
    places.release();
  }

  @Scheduled(fixedRateString = "${quittance.analytics.frame-interval:500ms}")
  void tick() {
    for (Watched each : watched.values()) {
      Channel channel = each.channel;
      if (channel.begin()) {
        try {
          var _ =
              makers
                  .submit(channel, Deadline.after(FRAME_LIMIT))
                  .whenComplete((made, failure) -> channel.end());
        } catch (RejectedExecutionException e) {
          channel.end();
        }
      }
    }
  }

  private void make(List<Job<Channel, Boolean>> jobs) {
    for (Job<Channel, Boolean> job : jobs) {
      try {
        make(job.item());
      } catch (DataAccessException | TransactionException e) {
        log.warn("A live frame could not be made: {}", e.getMessage());
      }
      job.succeed(true);
    }
  }

  private void make(Channel channel) {
    LiveFrame frame = frames.of(channel.merchantId());
    @Nullable LiveFrame before = channel.shown();
    if (before == null || !frame.shows(before)) {
      channel.publish(frame, encoded(frame));
    }
  }

  private byte[] encoded(LiveFrame frame) {
    try {
      return ("event: frame\ndata: " + json.writeValueAsString(frame) + "\n\n").getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a frame cannot be written", e);
    }
  }

  /** Before the server waits for its requests to end: these would not by themselves. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    closed = true;
    watched.values().forEach(each -> each.channel.close());
  }

  @PreDestroy
  void stop() {
    makers.close();
  }
}
