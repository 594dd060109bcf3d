package io.quittance.analytics.pane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LabelsTest {

  @Test
  void sortsNames() {
    assertThat(Labels.of(Map.of("type", "view", "currency", "EUR")).text())
        .isEqualTo("currency=EUR&type=view");
    assertThat(Labels.of(Map.of())).isEqualTo(Labels.NONE);
  }

  @Property
  void readsWhatItHasWritten(@ForAll @Size(max = 5) Map<String, String> values) {
    assertThat(Labels.of(values).values()).isEqualTo(values);
  }

  @Property
  void isDifferentForDifferentLabels(
      @ForAll @Size(max = 2) Map<String, String> some,
      @ForAll @Size(max = 2) Map<String, String> others) {
    assertThat(Labels.of(some).equals(Labels.of(others))).isEqualTo(some.equals(others));
  }
}
