package io.quittance.analytics.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.analytics.payment.DeltaPass.Slice;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

/** Deltas are their numbers here. */
class DeltaPassTest {

  private static final class Deltas implements DeltaPass.Source {

    private final TreeSet<Integer> left = new TreeSet<>();
    private final Set<Integer> refused;
    private final Set<Integer> unreadable;
    private int transactions;

    Deltas(int count, Set<Integer> refused, Set<Integer> unreadable) {
      for (int i = 1; i <= count; i++) {
        left.add(i);
      }
      this.refused = refused;
      this.unreadable = unreadable;
    }

    @Override
    public Slice take(UUID after, int limit) {
      transactions++;
      List<Integer> rows = left.tailSet(number(after), false).stream().limit(limit).toList();
      var taken = new ArrayList<>(rows);
      taken.removeAll(unreadable);
      if (taken.stream().anyMatch(refused::contains)) {
        throw new IllegalArgumentException("refused");
      }
      taken.forEach(left::remove);
      return new Slice(
          rows.size() < limit ? null : id(rows.getLast()),
          taken.size() < rows.size() ? new IllegalStateException("unreadable") : null);
    }

    @Override
    public @Nullable UUID next(UUID after) {
      Integer next = left.higher(number(after));
      return next == null ? null : id(next);
    }
  }

  private static UUID id(int number) {
    return new UUID(0, number);
  }

  private static int number(UUID id) {
    return (int) id.getLeastSignificantBits();
  }

  /** As many passes as it takes, which each begin where the one before has ended. */
  @Property(tries = 200)
  void takesAllButWhatFails(
      @ForAll @IntRange(max = 6_000) int count,
      @ForAll @Size(max = 30) Set<@IntRange(min = 1, max = 6_000) Integer> refused,
      @ForAll @Size(max = 30) Set<@IntRange(min = 1, max = 6_000) Integer> unreadable) {
    var deltas = new Deltas(count, refused, unreadable);
    var fails = new TreeSet<>(refused);
    fails.addAll(unreadable);
    fails.removeIf(number -> number > count);

    UUID place = DeltaPass.FIRST;
    do {
      var pass = new DeltaPass(deltas, place);
      run(pass);
      place = pass.place();
    } while (!place.equals(DeltaPass.FIRST));

    assertThat(deltas.left).isEqualTo(fails);
    var last = new DeltaPass(deltas, DeltaPass.FIRST);
    run(last);
    assertThat(last.left() == null).isEqualTo(fails.isEmpty());
  }

  private static void run(DeltaPass pass) {
    try {
      pass.run();
    } catch (IllegalArgumentException | IllegalStateException e) {
      assertThat(e).hasMessageMatching("refused|unreadable");
    }
  }

  /** Nothing else waits, so it has done its work. */
  @Test
  void succeedsWhereItReachesTheEndAndLeavesOnlyWhatFails() {
    var deltas = new Deltas(5_000, Set.of(7), Set.of(3, 4_000));
    var pass = new DeltaPass(deltas, DeltaPass.FIRST);

    pass.run();

    assertThat(deltas.left).containsExactly(3, 7, 4_000);
    assertThat(pass.left()).hasMessageMatching("refused|unreadable");
    assertThat(pass.place()).isEqualTo(DeltaPass.FIRST);
  }

  @Test
  void endsEarlyWhereMuchFails() {
    var all = new TreeSet<Integer>();
    for (int i = 1; i <= 5_000; i++) {
      all.add(i);
    }
    var deltas = new Deltas(5_000, all, Set.of());
    var pass = new DeltaPass(deltas, DeltaPass.FIRST);

    assertThatThrownBy(pass::run).hasMessage("refused");

    assertThat(pass.place()).isEqualTo(id(DeltaPass.FAILURES_MAX));
    assertThat(deltas.transactions).isLessThan(50);
  }

  @Test
  void triesNothingElseWhileTheDatabaseIsAway() {
    var attempts = new ArrayList<Integer>();
    var pass =
        new DeltaPass(
            new DeltaPass.Source() {

              @Override
              public Slice take(UUID after, int limit) {
                attempts.add(limit);
                throw new DataAccessResourceFailureException(
                    "away", new SQLException("away", "08006"));
              }

              @Override
              public @Nullable UUID next(UUID after) {
                throw new AssertionError();
              }
            },
            id(7));

    assertThatThrownBy(pass::run).hasMessageContaining("away");

    assertThat(attempts).hasSize(1);
    assertThat(pass.place()).isEqualTo(id(7));
  }
}
