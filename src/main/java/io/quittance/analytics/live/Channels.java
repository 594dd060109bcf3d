package io.quittance.analytics.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.admission.FairShares;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * A channel for each merchant with watchers. A frame is made once for all of them, with one query
 * and one encoding. Merchants take turns, and each has its fair share of the streams. Thread-safe.
 */
@Component
class Channels {

  private static final Logger log = LoggerFactory.getLogger(Channels.class);

  /** It uses the connections for reads, and payments need those more. */
  private static final int WORKERS = 1;

  /**
   * A merchant may wait as long as the others take: it is in the queue once, and its frame shows
   * the figures at its turn.
   */
  private static final Duration TURN_LIMIT = Duration.ofDays(1);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** A channel, and the number of its watchers. */
  private static final class Watched {

    private final Channel channel;
    private int watchers;
    private volatile Deadline rest;

    Watched(UUID merchantId, Ticker ticker) {
      channel = new Channel(merchantId);
      rest = Deadline.after(Duration.ZERO, ticker);
    }
  }

  /** One watcher's place at its merchant's channel. Confined to one thread. */
  final class Place implements AutoCloseable {

    private final Channel channel;
    private boolean yielded;

    private Place(Channel channel) {
      this.channel = channel;
    }

    Channel channel() {
      return channel;
    }

    /**
     * Gives the place to other merchants if this one has more than its share, and returns whether
     * it did. Then the watcher has to leave.
     */
    boolean yields() {
      yielded = yielded || places.giveBackExcess(channel.merchantId(), watchersMax);
      return yielded;
    }

    /** The watcher has left. */
    @Override
    public void close() {
      watched.computeIfPresent(
          channel.merchantId(), (id, known) -> --known.watchers == 0 ? null : known);
      if (!yielded) {
        places.giveBack(channel.merchantId(), 1);
      }
    }
  }

  private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

  /** The merchants whose next frame is being made or waits for its turn. */
  private final Set<UUID> inTurn = ConcurrentHashMap.newKeySet();

  private final FairShares places = new FairShares();
  private final int watchersMax;
  private final Frames frames;
  private final ObjectMapper json;
  private final Ticker ticker;
  private final WorkerPool<UUID, Boolean> makers;
  private volatile boolean closed;

  @Autowired
  Channels(LiveProperties properties, Frames frames, ObjectMapper json, MeterRegistry registry) {
    this(properties, frames, json, registry, Ticker.SYSTEM);
  }

  Channels(
      LiveProperties properties,
      Frames frames,
      ObjectMapper json,
      MeterRegistry registry,
      Ticker ticker) {
    this.watchersMax = properties.maxWatchers();
    this.frames = frames;
    this.json = json;
    this.ticker = ticker;
    this.makers =
        WorkerPool.<UUID, Boolean>named("live-frames", this::make)
            .workers(WORKERS)
            .capacity(Math.max(1, FairShares.EXCESS_MAX * watchersMax))
            .ticker(ticker)
            .start(registry);
    Gauge.builder("quittance.analytics.watchers", places, FairShares::total)
        .description("Live streams that are open")
        .register(registry);
  }

  /**
   * A place at the channel of a merchant.
   *
   * @throws Problem 503: all streams are in use and the merchant has its share, or the service is
   *     stopping
   */
  Place enter(UUID merchantId) {
    if (closed) {
      throw Problem.stopping();
    }
    if (!places.take(merchantId, 1, watchersMax)) {
      throw Problem.of(
              ProblemCode.OVERLOADED,
              "All %d live streams are in use. Close one of yours, or try again later."
                  .formatted(watchersMax))
          .retryAfter(RETRY_AFTER);
    }
    Channel channel =
        watched.compute(
                merchantId,
                (id, known) -> {
                  Watched entered = known == null ? new Watched(id, ticker) : known;
                  entered.watchers++;
                  return entered;
                })
            .channel;
    if (closed) {
      channel.close();
    }
    return new Place(channel);
  }

  @Scheduled(fixedRateString = "${quittance.analytics.frame-interval:500ms}")
  void tick() {
    watched.forEach(
        (merchantId, each) -> {
          if (each.rest.expired() && inTurn.add(merchantId)) {
            submit(merchantId);
          }
        });
  }

  private void submit(UUID merchantId) {
    try {
      var _ =
          makers
              .submit(merchantId, Deadline.after(TURN_LIMIT, ticker))
              .whenComplete((_, _) -> inTurn.remove(merchantId));
    } catch (RejectedExecutionException e) {
      inTurn.remove(merchantId);
    }
  }

  private void make(List<Job<UUID, Boolean>> jobs) {
    for (Job<UUID, Boolean> job : jobs) {
      Watched each = watched.get(job.item());
      if (each != null) {
        make(each);
      }
      job.succeed(each != null);
    }
  }

  /**
   * After a slow frame, its merchant waits as long as the frame took, so that others get theirs.
   */
  private void make(Watched each) {
    long start = ticker.nanoTime();
    try {
      make(each.channel);
    } catch (RuntimeException e) {
      log.warn(
          "A live frame of {} could not be made; the next one is tried: {}",
          TypeId.format("mch", each.channel.merchantId()),
          e.toString());
    }
    each.rest = Deadline.after(Duration.ofNanos(ticker.nanoTime() - start), ticker);
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

  /** Before the server waits for its requests to end, because streams do not end by themselves. */
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
