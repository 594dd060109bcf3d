package io.quittance;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The last line of a start in production. */
@Component
@Profile("production")
class ReadyLine implements ApplicationListener<ApplicationReadyEvent> {

  private static final Logger log = LoggerFactory.getLogger(ReadyLine.class);

  @Override
  public void onApplicationEvent(ApplicationReadyEvent ready) {
    if (ready.getApplicationContext().isClosed()) {
      return; // It is stopping already; the stop came during the warm-up.
    }
    Environment environment = ready.getApplicationContext().getEnvironment();
    log.info(
        "Quittance is ready: the API on port {}, health and metrics on port {}{}",
        environment.getProperty("local.server.port"),
        environment.getProperty("local.management.port"),
        environment.getProperty("quittance.console.enabled", Boolean.class, false)
            ? ", the console at /console/ beside the API"
            : "");
  }
}
