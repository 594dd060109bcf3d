package io.quittance;

import io.quittance.journal.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.stereotype.Component;

/**
 * Logs that the shutdown has begun, after connections were drained; the web server and the journal
 * log the next steps.
 */
@Component
class ShutdownLine implements ApplicationListener<ContextClosedEvent> {

  private static final Logger log = LoggerFactory.getLogger(ShutdownLine.class);

  private final ApplicationContext context;
  private final Journal journal;

  ShutdownLine(ApplicationContext context, Journal journal) {
    this.context = context;
    this.journal = journal;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent closed) {
    // The context of the management server is a child, whose events reach its parent, too.
    if (closed.getApplicationContext() == context) {
      log.info(
          "The shutdown has begun: no new requests are taken, those under way are finished; {} commands are queued",
          journal.waiting());
    }
  }
}
