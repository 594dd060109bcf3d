package io.quittance.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a request says about its urgency.
 *
 * @param patience how long the caller will wait at most
 * @param key stands for the caller, the path and the idempotency key; null: it has none
 */
record Arrival(Priority priority, Duration patience, @Nullable Long key) {}
