package io.quittance.fraud;

import java.util.Set;

/**
 * A screening that is complete except for the payer's history. The transaction that concludes the
 * payment reads the history under the payer's lock, so velocity rules are exact in a burst and
 * across replicas, without an extra query.
 */
public sealed interface Screening {

  /** The windows of the payer's past that {@link #judge} needs. */
  Set<Window> windows();

  /** The verdict. Pure: the same history gives the same verdict. */
  Verdict judge(PayerHistory history);

  /** A verdict that does not depend on the history: of the remote service or the fallback. */
  record Decided(Verdict verdict) implements Screening {

    @Override
    public Set<Window> windows() {
      return Set.of();
    }

    @Override
    public Verdict judge(PayerHistory history) {
      return verdict;
    }
  }

  /** The merchant's own rules. */
  record ByRules(RuleSet rules, ScreeningRequest subject) implements Screening {

    @Override
    public Set<Window> windows() {
      return rules.windows(subject);
    }

    @Override
    public Verdict judge(PayerHistory history) {
      return rules.judge(subject, history);
    }
  }
}
