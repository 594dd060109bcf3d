package io.quittance;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/**
 * Prints why the service does not start, as plain text on standard error: also in production, where
 * the log is JSON, because it is for a person.
 */
final class StartFailureReporter implements FailureAnalysisReporter {

  private static final Logger log = LoggerFactory.getLogger(StartFailureReporter.class);

  @Override
  public void report(FailureAnalysis analysis) {
    String action = analysis.getAction();
    System.err.printf(
        "%n%s%n%n%s",
        analysis.getDescription().strip(),
        action == null || action.isBlank() ? "" : action.strip() + System.lineSeparator());
    log.debug("The start failed", analysis.getCause());
  }
}
