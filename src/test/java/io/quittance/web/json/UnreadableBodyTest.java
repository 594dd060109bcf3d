package io.quittance.web.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnreadableBodyTest {

  private record Body(@Min(1) @Max(5) Long amount) {}

  @Test
  void saysWhatAFieldMustBeThatCannotBeReadForAnotherReason() {
    assertThat(detail(Body.class, "amount"))
        .isEqualTo("`amount` must be a whole number from 1 to 5.");
    assertThat(detail(Body.class, "other")).isEqualTo("`other` cannot be read.");
  }

  private static @Nullable String detail(Class<?> record, String field) {
    var odd = JsonMappingException.from((JsonParser) null, "odd");
    odd.prependPath(record, field);
    return UnreadableBody.problem(odd).getMessage();
  }
}
