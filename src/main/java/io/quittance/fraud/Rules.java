package io.quittance.fraud;

/** What a merchant wants to be done about fraud, as far as this replica can read it. */
public sealed interface Rules permits RuleSet, UnreadableRules {

  /** What to do when screening cannot answer. */
  Fallback fallback();

  /**
   * The screening of a payment by these rules.
   *
   * @throws UnreadableRulesException they cannot be read here
   */
  Screening screening(ScreeningRequest subject) throws UnreadableRulesException;
}
