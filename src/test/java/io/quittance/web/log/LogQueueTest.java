package io.quittance.web.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.testing.Proves;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogQueueTest {

  private static final int ROOM = 4;
  private static final int LINES = 10;

  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final List<ILoggingEvent> written = new CopyOnWriteArrayList<>();
  private final LoggerContext context = new LoggerContext();
  private final LogQueue queue = new LogQueue();
  private final Logger log = context.getLogger("test");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** Writes nothing until somebody reads. */
  private final class Console extends AppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent line) {
      begun.countDown();
      try {
        reading.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      written.add(line);
    }
  }

  @BeforeEach
  void start() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    var console = new Console();
    console.setContext(context);
    console.start();
    queue.setContext(context);
    queue.setQueueSize(ROOM);
    queue.addAppender(console);
    queue.start();
    log.addAppender(queue);
    log.setLevel(Level.INFO);
    new LogMeters().bindTo(registry);
  }

  @AfterEach
  void stop() {
    reading.countDown();
    context.stop();
  }

  @Test
  @Proves("nobody reads the service's")
  void dropsAndCountsWhatHasNoRoomAndKeepsNobodyWaiting() throws InterruptedException {
    double before = dropped();
    log.info("being written");
    begun.await();

    IntStream.range(0, LINES).forEach(i -> log.info("line {}", i));

    assertThat(dropped() - before).isEqualTo(LINES - ROOM);
    reading.countDown();
    queue.stop();
    assertThat(written)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("being written", "line 0", "line 1", "line 2", "line 3");
  }

  private double dropped() {
    return registry.get("quittance.log.lines.dropped").functionCounter().count();
  }
}
