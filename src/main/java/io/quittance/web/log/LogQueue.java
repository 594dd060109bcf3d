package io.quittance.web.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue before the console, which a thread of its own writes to: whoever logs never waits
 * for a reader of standard output that has stopped reading. A line for which there is no room is
 * dropped and counted. Thread-safe.
 */
public final class LogQueue extends AsyncAppender {

  private static final int LINES_MAX = 8192;

  /** How long the end of the process waits for the lines that are left. */
  private static final int FLUSH_MS_MAX = 2_000;

  /** Of the process: Spring Boot makes the appenders anew when it configures logging again. */
  private static final LongAdder DROPPED = new LongAdder();

  private final ReentrantLock adding = new ReentrantLock();

  public LogQueue() {
    setQueueSize(LINES_MAX);
    setDiscardingThreshold(0);
    setNeverBlock(true);
    setMaxFlushTime(FLUSH_MS_MAX);
  }

  /** One at a time: then there still is the room that was seen, and every dropped line counts. */
  @Override
  protected void append(ILoggingEvent line) {
    preprocess(line);
    adding.lock();
    try {
      if (getRemainingCapacity() == 0) {
        DROPPED.increment();
      } else {
        super.append(line);
      }
    } finally {
      adding.unlock();
    }
  }

  /** Lines that this process has dropped. */
  static long dropped() {
    return DROPPED.sum();
  }
}
