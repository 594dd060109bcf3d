package io.quittance.fraud;

/** A merchant's fraud rules, as far as this version can read them. */
public sealed interface Rules permits RuleSet, Rules.Unreadable {

  /** What to do when screening cannot answer. */
  Fallback fallback();

  /** A rule set that a newer version has written: only its fallback is known. */
  record Unreadable(Fallback fallback) implements Rules {}
}
