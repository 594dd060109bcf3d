package io.quittance.analytics.intake;

/**
 * The final answer to a body.
 *
 * @param replayed whether the body was counted before, under its key
 */
public record IntakeResult(IntakeResponse response, boolean replayed) {}
