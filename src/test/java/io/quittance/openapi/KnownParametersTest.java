package io.quittance.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.model.PaymentStatus;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Values that the document repeats because it may not import the types that they come from. */
class KnownParametersTest {

  private final Map<String, Parameter> known = new KnownParameters().byName();

  @Test
  void paymentsAreFoundByEachOfTheirStates() {
    takesAnyOf("status", PaymentStatus.values(), PaymentStatus::text);
  }

  @Test
  void itemsOfABatchAreFoundByEachOfTheirStates() {
    takesAnyOf("payment-batches-status", ItemStatus.values(), ItemStatus::text);
  }

  private <E> void takesAnyOf(String parameter, E[] states, Function<E, String> text) {
    String expression = known.get(parameter).getSchema().getPattern();
    String all = Arrays.stream(states).map(text).collect(Collectors.joining(","));

    assertThat(all).matches(Pattern.compile(expression));
    assertThat(Pattern.compile("[a-z_]+").matcher(expression).results().map(r -> r.group()))
        .containsOnly(all.split(","));
  }
}
