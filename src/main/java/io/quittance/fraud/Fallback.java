package io.quittance.fraud;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.fraud.Verdict.Decision;
import io.quittance.fraud.Verdict.Source;
import io.quittance.money.Money;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What to do when screening cannot answer. */
public sealed interface Fallback {

  /** The rule for its JSON. */
  String RULE =
      "must be decline, review or {\"approve_below\": a whole number from 1 to %d}"
          .formatted(Money.MAX_AMOUNT);

  /** Fail the payment as unscreened: nothing is known against the payer. */
  record Decline() implements Fallback {}

  /** Send the payment to review. */
  record Review() implements Fallback {}

  /** Approve small payments and fail the others. */
  record ApproveBelow(long amount) implements Fallback {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Fallback from(JsonNode json) {
    if (json.isTextual() && json.textValue().equals("decline")) {
      return new Decline();
    }
    if (json.isTextual() && json.textValue().equals("review")) {
      return new Review();
    }
    if (json.isObject() && json.size() == 1 && json.path("approve_below").isIntegralNumber()) {
      JsonNode amount = json.path("approve_below");
      if (amount.canConvertToLong()
          && amount.longValue() >= 1
          && amount.longValue() <= Money.MAX_AMOUNT) {
        return new ApproveBelow(amount.longValue());
      }
      throw new InvalidInputException(Code.OUT_OF_RANGE, RULE);
    }
    throw new InvalidInputException(json.isTextual() ? Code.NOT_ONE_OF : Code.WRONG_TYPE, RULE);
  }

  @JsonValue
  default Object json() {
    return switch (this) {
      case Decline _ -> "decline";
      case Review _ -> "review";
      case ApproveBelow(long amount) -> Map.of("approve_below", amount);
    };
  }

  /** The screening that stands in for the one that failed; empty: the payment fails. */
  default Optional<Screening> screening(ScreeningRequest subject) {
    return switch (this) {
      case Decline _ -> Optional.empty();
      case Review _ -> Optional.of(decided(Decision.REVIEW));
      case ApproveBelow(long amount) ->
          subject.money().amount() < amount
              ? Optional.of(decided(Decision.APPROVE))
              : Optional.empty();
    };
  }

  private static Screening decided(Decision decision) {
    return new Screening.Decided(
        new Verdict(decision, 0, List.of("screening_unavailable"), Source.FALLBACK));
  }
}
