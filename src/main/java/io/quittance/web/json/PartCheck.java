package io.quittance.web.json;

import io.quittance.web.InputError;
import jakarta.validation.Validator;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Component;

/** Checks parts of a body that is read piece by piece, as whole bodies are checked. Thread-safe. */
@Component
public final class PartCheck {

  private final Validator validator;

  PartCheck(Validator validator) {
    this.validator = validator;
  }

  /**
   * The errors of a part, with their paths.
   *
   * @param at its path in the body, as in {@code payments[3].}
   */
  public List<InputError> errors(String at, Object part) {
    return validator.validate(part).stream()
        .map(violation -> Violations.toError(at, violation))
        .sorted(Comparator.comparing(InputError::param))
        .toList();
  }
}
