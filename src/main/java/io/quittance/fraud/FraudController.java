package io.quittance.fraud;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The merchant's fraud rules. */
@RestController
class FraudController {

  record NewRuleSet(
      @NotNull @Min(0) Long version,
      @NotNull @Size(max = 100) List<@NotNull @Valid Rule> rules,
      @Min(1) @Max(100) @Nullable Integer reviewFrom,
      @Min(1) @Max(100) @Nullable Integer declineFrom,
      @Nullable Fallback fallback) {

    RuleSet toRuleSet() {
      return new RuleSet(
          version,
          rules,
          reviewFrom == null ? RuleSet.INITIAL.reviewFrom() : reviewFrom,
          declineFrom == null ? RuleSet.INITIAL.declineFrom() : declineFrom,
          fallback == null ? RuleSet.INITIAL.fallback() : fallback);
    }
  }

  private final RuleBook rules;

  FraudController(RuleBook rules) {
    this.rules = rules;
  }

  @GetMapping("/v1/fraud/rules")
  @Route(id = "getFraudRules", summary = "Shows the fraud rules")
  @RequiresScope(Scope.FRAUD_READ)
  RuleSet get(Caller caller) {
    return rules.current(caller.merchantId());
  }

  @PutMapping("/v1/fraud/rules")
  @Route(
      id = "replaceFraudRules",
      summary = "Replaces the fraud rules",
      description = "`version` is the one that was read.",
      problems = ProblemCode.STALE_VERSION)
  @RequiresScope(Scope.FRAUD_WRITE)
  RuleSet put(@Valid @RequestBody NewRuleSet body, Caller caller) {
    RuleSet wanted = body.toRuleSet();
    List<InputError> errors = contradictions(wanted);
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
    return rules.replace(caller, wanted);
  }

  private static int listed(Rule rule) {
    return rule instanceof Rule.Listed list ? list.size() : 0;
  }

  private static List<InputError> contradictions(RuleSet set) {
    var errors = new ArrayList<InputError>();
    if (set.reviewFrom() > set.declineFrom()) {
      errors.add(InputError.of("review_from", Code.OUT_OF_RANGE, "must not exceed `decline_from`"));
    }
    int listed = set.rules().stream().mapToInt(FraudController::listed).sum();
    if (listed > Rule.MAX_LIST) {
      errors.add(
          InputError.of(
              "rules",
              Code.OUT_OF_RANGE,
              "must have at most %d accounts on all their lists, not %d"
                  .formatted(Rule.MAX_LIST, listed)));
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < set.rules().size(); i++) {
      Rule rule = set.rules().get(i);
      String param = "rules[%d]".formatted(i);
      if (!ids.add(rule.id())) {
        errors.add(
            InputError.of(
                param + ".id", Code.REPEATED, "must be unique; an earlier rule has this id"));
      }
      if (rule.action() == null && !rule.allows()) {
        errors.add(
            InputError.of(
                param + ".action",
                Code.REQUIRED,
                "is required on a block list and must be one of review, decline, score"));
      }
      boolean scores = rule.action() == Rule.Action.SCORE;
      if (scores && rule.score() == null) {
        errors.add(
            InputError.of(
                param + ".score",
                Code.REQUIRED,
                "is required with the action score and must be a whole number from 0 to 100"));
      } else if (!scores && rule.score() != null) {
        errors.add(
            InputError.of(
                param + ".score", Code.NOT_ALLOWED, "is allowed with the action score only"));
      }
    }
    return errors;
  }
}
