package io.quittance.payment.timeline;

import io.quittance.concurrency.ScopeReport;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The value of the header Server-Timing: how long each subtask took, in milliseconds (W3C Server
 * Timing).
 */
public final class ServerTiming {

  private ServerTiming() {}

  public static String of(ScopeReport report) {
    return report.entries().stream()
        .map(
            entry ->
                String.format(
                    Locale.ROOT, "%s;dur=%.1f", entry.name(), entry.end_ms() - entry.start_ms()))
        .collect(Collectors.joining(", "));
  }
}
