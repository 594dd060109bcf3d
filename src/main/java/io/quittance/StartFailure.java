package io.quittance;

import java.util.List;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The format of all messages about a failed start. */
final class StartFailure {

  private StartFailure() {}

  /**
   * @param what completes the sentence "Quittance will not start, because …"
   */
  static FailureAnalysis because(
      String what, List<String> reasons, String remedy, Throwable cause) {
    return new FailureAnalysis(
        "Quittance will not start, because %s:\n\n  - %s"
            .formatted(what, String.join("\n  - ", reasons)),
        remedy,
        cause);
  }
}
