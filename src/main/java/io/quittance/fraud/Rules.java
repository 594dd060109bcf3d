package io.quittance.fraud;

/** What a merchant wants to be done about fraud, as far as this replica can read it. */
public sealed interface Rules permits RuleSet, Rules.Unreadable {

  /** What to do when screening cannot answer. */
  Fallback fallback();

  /** A rule set that a newer version has written: nothing is known of it but its fallback. */
  record Unreadable(Fallback fallback) implements Rules {}
}
