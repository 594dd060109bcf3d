package io.quittance.analytics.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DuplicateFilterTest {

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final AtomicLong nanos = new AtomicLong();

  private DuplicateFilter filter(int capacity) {
    return new DuplicateFilter(WINDOW, capacity, nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void knowsAnIdAgainForTheWindow() {
    DuplicateFilter filter = filter(1000);
    filter.begin();
    assertThat(filter.add(7)).isTrue();
    pass(WINDOW.minusSeconds(1));
    filter.begin();
    assertThat(filter.add(8)).isTrue();
    pass(Duration.ofSeconds(1));
    filter.begin();

    assertThat(filter.add(7)).as("at the end of its window").isFalse();
    pass(WINDOW.minusSeconds(1));
    filter.begin();
    assertThat(filter.add(8)).isFalse();
    pass(Duration.ofSeconds(1));
    filter.begin();
    assertThat(filter.add(7)).as("two windows later").isTrue();
    assertThat(filter.forgottenEarly()).isZero();
  }

  @Test
  void knowsAnIdForTwoWindowsAtMostHoweverSeldomBodiesCome() {
    DuplicateFilter filter = filter(1000);
    filter.begin();
    assertThat(filter.add(7)).isTrue();
    pass(WINDOW.multipliedBy(2).minusSeconds(1));
    filter.begin();
    assertThat(filter.add(8)).isTrue();
    pass(Duration.ofSeconds(1));
    filter.begin();

    assertThat(filter.add(7)).isTrue();
    assertThat(filter.add(8)).isFalse();
    pass(WINDOW.multipliedBy(3));
    filter.begin();
    assertThat(filter.size()).isZero();
    assertThat(filter.forgottenEarly()).isZero();
  }

  @Test
  void forgetsEarlyWhenThereIsNoRoomAndCountsThat() {
    DuplicateFilter filter = filter(1000);
    filter.begin();
    for (long id = 1; id <= 1500; id++) {
      assertThat(filter.add(id)).isTrue();
    }

    assertThat(filter.size()).isLessThanOrEqualTo(1000);
    assertThat(filter.forgottenEarly()).isEqualTo(1000);
    assertThat(filter.add(1499)).as("a late one").isFalse();
    assertThat(filter.add(1)).as("an early one").isTrue();
  }

  @Test
  void takesBackWhatWasNotCounted() {
    DuplicateFilter filter = filter(1000);
    filter.begin();
    filter.add(1);
    filter.begin();
    for (long id = 1; id <= 700; id++) {
      filter.add(id);
    }

    filter.takeBack();

    assertThat(filter.add(1)).isFalse();
    for (long id = 2; id <= 700; id++) {
      assertThat(filter.add(id)).isTrue();
    }
  }

  /** A table of hashes is a set, whatever is added and taken out. */
  @Property
  void aTableIsASet(@ForAll @Size(max = 400) List<@IntRange(min = -20, max = 60) Integer> steps) {
    var table = new IdTable();
    Set<Long> model = new HashSet<>();
    for (int step : steps) {
      // Few homes, so that there are long runs.
      long hash = (long) Math.abs(step) % 4 | (long) Math.abs(step) << 40;
      if (step < 0) {
        table.remove(hash);
        model.remove(hash);
      } else {
        assertThat(table.add(hash)).isEqualTo(model.add(hash));
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    for (long i = 0; i <= 60; i++) {
      long hash = i % 4 | i << 40;
      assertThat(table.contains(hash)).isEqualTo(model.contains(hash));
    }
  }

  @Test
  void aTableGrows() {
    var table = new IdTable();
    var random = new Random(1);
    Set<Long> model = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      long hash = random.nextLong();
      assertThat(table.add(hash)).isEqualTo(model.add(hash));
    }
    model.forEach(hash -> assertThat(table.contains(hash)).isTrue());
  }
}
