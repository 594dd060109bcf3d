package io.quittance.web.log;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** Lets it be seen that lines of the log are missing ({@link LogQueue}). */
@Component
final class LogMeters implements MeterBinder {

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("quittance.log.lines.dropped", this, _ -> LogQueue.dropped())
        .description("Lines of the log that were dropped because nobody read them in time")
        .register(registry);
  }
}
