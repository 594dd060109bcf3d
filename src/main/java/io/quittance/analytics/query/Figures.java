package io.quittance.analytics.query;

import io.quittance.analytics.pane.Sketch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which figures of panes are read, besides occurrences.
 *
 * @param amounts whether amounts are read; otherwise they are zero
 * @param sketches makes an empty sketch of their kind; null: sketches are not read
 */
record Figures(boolean amounts, @Nullable Supplier<? extends Sketch> sketches) {

  String select() {
    return PaneSql.IN_ORDER.formatted(
        amounts ? "amount" : "null as amount", sketches == null ? "null as sketch" : "sketch");
  }
}
