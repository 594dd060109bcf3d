package io.quittance.fraud;

import java.util.Set;

/**
 * A screening that has done everything but look at the payer's history. The history is read by the
 * transaction that concludes the payment, under the payer's lock: so velocity is exact in a burst
 * and across replicas, and costs no look-up of its own.
 */
public sealed interface Screening {

  /** What {@link #judge} wants to know of the payer's past. */
  Set<Window> windows();

  /** The verdict. Pure: the same history gives the same verdict. */
  Verdict judge(PayerHistory history);

  /** A verdict that no history changes: the remote service's, or the fallback's. */
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
