package io.quittance.analytics.query;

import io.quittance.analytics.pane.Labels;
import java.util.HashMap;
import java.util.Map;

/** The sets of labels of the panes that one query reads, each once. Not thread-safe. */
final class LabelSets {

  private final Map<String, Map<String, String>> byText = new HashMap<>();
  private final Runnable adding;

  /**
   * @param adding is run before one more is kept
   */
  LabelSets(Runnable adding) {
    this.adding = adding;
  }

  /** The labels that a text names: the same map for the same text. */
  Map<String, String> of(String text) {
    return byText.computeIfAbsent(
        text,
        _ -> {
          adding.run();
          return new Labels(text).values();
        });
  }
}
