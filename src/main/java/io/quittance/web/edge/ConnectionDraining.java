package io.quittance.web.edge;

import io.quittance.web.WebProperties;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Closes kept connections gracefully before the server stops, so that clients connect to another
 * replica. A stopping Tomcat closes a kept connection at its next request, with a 503 or without a
 * response. Therefore, when readiness goes down, which is the first step of Spring Boot's shutdown,
 * requests are still carried out, and each connection is closed after its next response. The
 * shutdown continues when no client is connected, or after {@link WebProperties#drainLimit}.
 * Thread-safe.
 */
@Component
final class ConnectionDraining {

  private static final Logger log = LoggerFactory.getLogger(ConnectionDraining.class);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

  private final Duration limit;
  private final List<HeaderTimeoutProtocol> protocols = new CopyOnWriteArrayList<>();
  private volatile boolean accepting;

  ConnectionDraining(WebProperties properties) {
    this.limit = properties.drainLimit();
  }

  /** Adds the connections of this protocol. */
  void of(HeaderTimeoutProtocol protocol) {
    protocols.add(protocol);
  }

  /**
   * Returns when the connections are closed, or at an interrupt. A replica that was never ready has
   * none.
   */
  @EventListener
  void follow(AvailabilityChangeEvent<ReadinessState> change) {
    boolean accepted = accepting;
    accepting = change.getState() == ReadinessState.ACCEPTING_TRAFFIC;
    protocols.forEach(protocol -> protocol.keepConnections(accepting));
    if (accepted && !accepting && limit.isPositive()) {
      log.info(
          "Draining: connections close after their next response; the shutdown begins when all are"
              + " closed, or after {} s",
          limit.toSeconds());
      drain();
    }
  }

  private void drain() {
    long begunNanos = System.nanoTime();
    try {
      while (System.nanoTime() - begunNanos < limit.toNanos()
          && protocols.stream().anyMatch(HeaderTimeoutProtocol::hasConnections)) {
        Thread.sleep(LOOK_INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
