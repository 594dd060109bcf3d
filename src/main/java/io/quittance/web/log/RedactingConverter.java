package io.quittance.web.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;

/** The pattern word {@code %redacted(…)}: log lines for people, without secrets. */
public final class RedactingConverter extends CompositeConverter<ILoggingEvent> {

  @Override
  protected String transform(ILoggingEvent event, String line) {
    return Redaction.of(line);
  }
}
