package io.quittance.fraud;

import io.quittance.fraud.Verdict.Decision;
import io.quittance.fraud.Verdict.Source;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A merchant's whole set of rules.
 *
 * @param version counts the changes; 0 before the first
 * @param reviewFrom payments with this score or a higher one are reviewed
 * @param declineFrom payments with this score or a higher one are declined
 */
public record RuleSet(
    long version, List<Rule> rules, int reviewFrom, int declineFrom, Fallback fallback)
    implements Rules {

  static final RuleSet INITIAL = new RuleSet(0, List.of(), 50, 80, new Fallback.Decline());

  private static final int MAX_SCORE = 100;

  Set<Window> windows(ScreeningRequest subject) {
    var windows = new LinkedHashSet<Window>();
    for (Rule rule : rules) {
      rule.window(subject).ifPresent(windows::add);
    }
    return windows;
  }

  /** Allow beats decline, decline beats review, and scores add up. */
  Verdict judge(ScreeningRequest subject, PayerHistory history) {
    List<Rule> fired = rules.stream().filter(rule -> rule.fires(subject, history)).toList();
    List<Rule> allowing = fired.stream().filter(Rule::allows).toList();
    if (!allowing.isEmpty()) {
      return new Verdict(Decision.APPROVE, 0, ids(allowing), Source.RULES);
    }
    int sum = fired.stream().mapToInt(RuleSet::points).sum();
    Decision decision = Decision.APPROVE;
    int floor = 0;
    if (sum >= declineFrom || any(fired, Rule.Action.DECLINE)) {
      decision = Decision.DECLINE;
      floor = declineFrom;
    } else if (sum >= reviewFrom || any(fired, Rule.Action.REVIEW)) {
      decision = Decision.REVIEW;
      floor = reviewFrom;
    }
    int score = Math.min(MAX_SCORE, Math.max(sum, floor));
    return new Verdict(decision, score, ids(fired), Source.RULES);
  }

  private static int points(Rule rule) {
    return rule.action() == Rule.Action.SCORE && rule.score() != null ? rule.score() : 0;
  }

  private static boolean any(List<Rule> fired, Rule.Action action) {
    return fired.stream().anyMatch(rule -> rule.action() == action);
  }

  private static List<String> ids(List<Rule> rules) {
    return rules.stream().map(Rule::id).toList();
  }
}
