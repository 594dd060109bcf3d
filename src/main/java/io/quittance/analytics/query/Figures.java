package io.quittance.analytics.query;

import io.quittance.analytics.pane.Sketch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is read of panes, besides occurrences.
 *
 * @param amounts whether amounts are; else they are zero
 * @param sketches what makes an empty sketch of their kind; null: sketches are not read
 */
record Figures(boolean amounts, @Nullable Supplier<? extends Sketch> sketches) {

  String select() {
    return PaneSql.IN_ORDER.formatted(
        amounts ? "amount" : "null as amount", sketches == null ? "null as sketch" : "sketch");
  }
}
