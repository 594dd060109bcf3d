package io.quittance.analytics.pane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quittance.analytics.pane.Sketch.Frequent.Weighed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The errors of the heaviest values, against exact sums. */
class FrequentTest {

  @Test
  void areExactUpTo192Values() {
    var sketch = new Sketch.Frequent();
    for (int i = 1; i <= 192; i++) {
      sketch.add("payer-" + i, i);
    }
    var restored = new Sketch.Frequent();
    restored.merge(sketch.bytes());

    assertThat(restored.heaviest(2))
        .containsExactly(new Weighed("payer-192", 192), new Weighed("payer-191", 191));
    assertThat(restored.heaviest(1_000)).hasSize(192);
  }

  /** Half of the weight is a few payers', the rest many others', in 30 panes that are merged. */
  @Test
  void areOffByNoMoreThanIsSaidBeyond() {
    var random = new Random(7);
    Map<String, Long> exact = new HashMap<>();
    var merged = new Sketch.Frequent();
    long total = 0;
    for (int pane = 0; pane < 30; pane++) {
      var sketch = new Sketch.Frequent();
      for (int i = 0; i < 2_000; i++) {
        String payer =
            "payer-" + (random.nextBoolean() ? random.nextInt(5) : 100 + random.nextInt(10_000));
        long weight = 1 + random.nextInt(1_000);
        sketch.add(payer, weight);
        exact.merge(payer, weight, Long::sum);
        total += weight;
      }
      merged.merge(sketch.bytes());
    }

    List<Weighed> heaviest = merged.heaviest(5);
    var names = new ArrayList<String>();
    for (Weighed one : heaviest) {
      names.add(one.value());
      assertThat((double) one.weight())
          .isCloseTo(exact.getOrDefault(one.value(), 0L), within(0.014 * total));
    }
    assertThat(names)
        .containsExactlyInAnyOrder("payer-0", "payer-1", "payer-2", "payer-3", "payer-4");
  }
}
