package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventError;
import java.util.List;

/** What became of the events of a body; {@code received} is the sum of the four others. */
public record IntakeAnswer(
    int received, int accepted, int duplicates, int late, int rejected, List<EventError> errors) {}
