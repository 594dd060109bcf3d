package io.quittance.analytics.pane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.quittance.analytics.pane.Sketch.Frequent.Weighed;
import io.quittance.money.Money;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.datasketches.common.ArrayOfStringsSerDe;
import org.apache.datasketches.frequencies.FrequentItemsSketch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors of the heaviest values, against exact sums. */
class FrequentTest {

  private static final long MAX_AMOUNT = Money.MAX_AMOUNT;

  @Test
  void areExactUpTo192Values() {
    var sketch = new Sketch.Frequent();
    for (int i = 1; i <= 192; i++) {
      sketch.add("payer-" + i, i);
    }
    var restored = new Sketch.Frequent();
    restored.merge(sketch.bytes());

    assertThat(restored.heaviest(2))
        .containsExactly(
            new Weighed("payer-192", BigInteger.valueOf(192)),
            new Weighed("payer-191", BigInteger.valueOf(191)));
    assertThat(restored.heaviest(1_000)).hasSize(192);
  }

  /**
   * Half of the weight is a few payers', the rest many others', in 30 panes that are merged. With
   * the larger unit it comes to some 2<sup>68</sup>.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 1L << 43})
  void areOffByNoMoreThanIsSaidBeyond(long unit) {
    var random = new Random(7);
    Map<String, Double> exact = new HashMap<>();
    var merged = new Sketch.Frequent();
    double total = 0;
    for (int pane = 0; pane < 30; pane++) {
      var sketch = new Sketch.Frequent();
      for (int i = 0; i < 2_000; i++) {
        String payer =
            "payer-" + (random.nextBoolean() ? random.nextInt(5) : 100 + random.nextInt(10_000));
        long weight = unit * (1 + random.nextInt(1_000));
        sketch.add(payer, weight);
        exact.merge(payer, (double) weight, Double::sum);
        total += weight;
      }
      merged.merge(sketch.bytes());
    }

    List<Weighed> heaviest = merged.heaviest(5);
    var names = new ArrayList<String>();
    for (Weighed one : heaviest) {
      names.add(one.value());
      assertThat(one.weight().doubleValue())
          .isCloseTo(exact.getOrDefault(one.value(), 0.0), within(0.014 * total));
    }
    assertThat(names)
        .containsExactlyInAnyOrder("payer-0", "payer-1", "payer-2", "payer-3", "payer-4");
  }

  /** Each payment is of at most what an amount may be; those of a list are one pane's. */
  @Property(tries = 300)
  void staysRightHoweverMuchIsPaid(
      @ForAll @Size(max = 6)
          List<@Size(min = 1, max = 8) List<@LongRange(min = 1, max = MAX_AMOUNT) Long>> panes,
      @ForAll @IntRange(min = 1, max = 2_000) int times) {
    Map<String, BigInteger> exact = new TreeMap<>();
    var merged = new Sketch.Frequent();
    for (List<Long> pane : panes) {
      var sketch = new Sketch.Frequent();
      for (int i = 0; i < pane.size(); i++) {
        for (int time = 0; time < times; time++) {
          sketch.add("payer-" + i, pane.get(i));
        }
        exact.merge(
            "payer-" + i,
            BigInteger.valueOf(pane.get(i)).multiply(BigInteger.valueOf(times)),
            BigInteger::add);
      }
      merged.merge(sketch.bytes());
      sketch.merge(merged);
      assertThat(sketch.heaviest(1)).isNotEmpty();
    }
    var restored = new Sketch.Frequent();
    restored.merge(merged.bytes());

    double all = exact.values().stream().mapToDouble(BigInteger::doubleValue).sum();
    Map<String, BigInteger> found = new TreeMap<>();
    restored.heaviest(10).forEach(one -> found.put(one.value(), one.weight()));
    exact.forEach(
        (payer, sum) ->
            assertThat(found.getOrDefault(payer, BigInteger.ZERO).doubleValue())
                .isCloseTo(sum.doubleValue(), within(1e-9 * all)));
  }

  /** As releases before this one stored it; the second one has come round to more than 0. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void refuseASumThatHasOverflowed(int payers) {
    var items = new FrequentItemsSketch<String>(256);
    for (int i = 0; i < payers; i++) {
      items.update("payer-" + i, Long.MAX_VALUE - 1_000);
      items.update("payer-" + i, 1_000);
    }
    items.update("payer", 1_000);
    var sketch = new Sketch.Frequent();

    assertThatThrownBy(() -> sketch.merge(items.toByteArray(new ArrayOfStringsSerDe())))
        .isInstanceOf(RuntimeException.class);
    assertThat(sketch.heaviest(1)).isEmpty();
  }

  /** What releases before this one stored in the range that they had. */
  @Test
  void takeInTheLargestSumThatHasNotOverflowed() {
    var items = new FrequentItemsSketch<String>(256);
    items.update("alice", Long.MAX_VALUE - 7);
    var sketch = new Sketch.Frequent();
    for (int i = 0; i < 3; i++) {
      sketch.merge(items.toByteArray(new ArrayOfStringsSerDe()));
    }

    assertThat(sketch.heaviest(2))
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.weight().doubleValue())
                    .isCloseTo(3.0 * Long.MAX_VALUE, withinPercentage(1e-9)));
  }
}
