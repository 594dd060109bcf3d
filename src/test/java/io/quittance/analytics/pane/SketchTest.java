package io.quittance.analytics.pane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors that are documented, against exact answers. */
class SketchTest {

  private static final int PARTS = 60;

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 30, 1_000, 50_000, 1_000_000})
  void countsDifferentValuesWithinItsError(int values) {
    var random = new Random(values);
    var merged = new Sketch.Distinct();
    for (int part = 0; part < 4; part++) {
      var sketch = new Sketch.Distinct();
      for (int i = 0; i < values; i++) {
        sketch.add(i * 0x9e37_79b9_7f4a_7c15L);
        if (random.nextInt(4) == 0) {
          sketch.add(i * 0x9e37_79b9_7f4a_7c15L);
        }
      }
      merged.merge(sketch.bytes());
    }

    // Three standard errors of 1.6 %; a handful is exact.
    assertThat(merged.estimate()).isCloseTo(values, within(values <= 30 ? 0.01 : values * 0.049));
    assertThat(merged.bytes().length).isLessThan(5_000);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 100000",
    "0.9, 100000",
    "0.99, 100000",
    "0.999, 100000",
    "0.5, 300",
    "0.99, 300"
  })
  void findsQuantilesWithinItsError(double rank, int values) {
    var random = new Random(values);
    double[] all = new double[values];
    var merged = new Sketch.Quantiles();
    Sketch.Quantiles part = merged.fresh();
    for (int i = 0; i < values; i++) {
      all[i] = Math.exp(3 + random.nextGaussian());
      part.add(all[i]);
      if (i % (values / PARTS) == 0) {
        merged.merge(part.bytes());
        part = merged.fresh();
      }
    }
    merged.merge(part);
    Arrays.sort(all);

    double found = merged.quantile(rank);
    long below = Arrays.stream(all).filter(value -> (float) value <= found).count();

    assertThat((double) below / values).isCloseTo(rank, within(0.01));
    assertThat(merged.bytes().length).isLessThan(8_000);
  }
}
