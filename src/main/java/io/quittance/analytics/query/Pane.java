package io.quittance.analytics.query;

import io.quittance.analytics.pane.Sketch;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pane as readers see it.
 *
 * @param startsAt in seconds since 1970
 */
public record Pane(
    String metric,
    long startsAt,
    Map<String, String> labels,
    long occurrences,
    BigInteger amount,
    @Nullable Sketch sketch) {}
