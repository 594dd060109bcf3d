package io.quittance;

import io.quittance.ProductionRequirements.UnmetException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Lists what the configuration lacks for production, in one readable message instead of a stack
 * trace.
 */
class ProductionRequirementsAnalyzer extends AbstractFailureAnalyzer<UnmetException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, UnmetException cause) {
    return StartFailure.because(
        "its configuration is incomplete or weak for production",
        cause.unmet(),
        "Set these environment variables (docs/configuration.md), or run the sandbox: leave"
            + " SPRING_PROFILES_ACTIVE unset.",
        cause);
  }
}
