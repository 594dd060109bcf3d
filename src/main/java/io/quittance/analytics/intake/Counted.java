package io.quittance.analytics.intake;

/**
 * How a body was answered, for good.
 *
 * @param replayed whether it was counted before, under its key
 */
public record Counted(IntakeAnswer answer, boolean replayed) {}
