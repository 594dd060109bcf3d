package io.quittance.analytics.query;

import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import java.util.List;
import java.util.function.Consumer;

/** Limits what one query may read and answer. Not thread-safe. */
final class QueryLimit {

  /** Of all series together. */
  static final int POINTS_MAX = 100_000;

  /** To read as many takes some seconds. */
  static final int PANES_MAX = 2_000_000;

  /** To read as many takes about as long. */
  static final int SKETCHES_MAX = 100_000;

  /** Each is held in memory, with a sum or a series of its own. */
  static final int LABELS_MAX = 100_000;

  private final String parameter;
  private final String remedy;
  private int points;
  private int panes;
  private int sketches;
  private int labels;

  /**
   * @param parameter the parameter that an error names
   * @param remedy how the parameter has to change
   */
  QueryLimit(String parameter, String remedy) {
    this.parameter = parameter;
    this.remedy = remedy;
  }

  /**
   * @throws Problem 400: the answer has too many
   */
  void addPoint() {
    if (++points > POINTS_MAX) {
      throw exceeded("an answer has at most %d points".formatted(POINTS_MAX));
    }
  }

  /**
   * A reader that counts panes, and passes them on.
   *
   * @throws Problem from the reader, 400: the query reads too many
   */
  Consumer<Pane> counting(Consumer<Pane> reader) {
    return pane -> {
      add(pane);
      reader.accept(pane);
    };
  }

  private void add(Pane pane) {
    if (++panes > PANES_MAX || (pane.sketch() != null && ++sketches > SKETCHES_MAX)) {
      throw exceeded(
          "a query reads at most %d panes, or %d with sketches".formatted(PANES_MAX, SKETCHES_MAX));
    }
  }

  /**
   * @throws Problem 400: the panes have too many sets of labels
   */
  void addLabels() {
    if (++labels > LABELS_MAX) {
      throw exceeded("a query reads panes of at most %d sets of labels".formatted(LABELS_MAX));
    }
  }

  private Problem exceeded(String reason) {
    return Problem.invalid(
        List.of(InputError.of(parameter, Code.OUT_OF_RANGE, remedy + ": " + reason)));
  }
}
