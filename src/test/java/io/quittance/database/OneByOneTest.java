package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An item that fails keeps no other from its turn. */
class OneByOneTest {

  private final List<Integer> done = new ArrayList<>();

  @Test
  void eachItemHasItsTurnAndTheFirstFailureIsThrownWithTheOthers() {
    assertThatThrownBy(() -> OneByOne.forEach(List.of(1, 2, 3, 4), this::workOnEven))
        .hasMessage("1")
        .hasSuppressedException(new IllegalStateException("3"));

    assertThat(done).containsExactly(2, 4);
  }

  @Test
  void aFailureThatIsThrownTwiceIsThrown() {
    var same = new IllegalStateException("always the same");

    assertThatThrownBy(
            () ->
                OneByOne.forEach(
                    List.of(1, 2),
                    item -> {
                      throw same;
                    }))
        .isSameAs(same);
  }

  private void workOnEven(int item) {
    if (item % 2 == 1) {
      throw new IllegalStateException(String.valueOf(item));
    }
    done.add(item);
  }
}
