package io.quittance.fraud;

/** A rule set that a newer version has written: nothing is known of it but its fallback. */
record UnreadableRules(Fallback fallback) implements Rules {

  @Override
  public Screening screening(ScreeningRequest subject) throws UnreadableRulesException {
    throw new UnreadableRulesException();
  }
}
