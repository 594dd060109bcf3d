package io.quittance.contract;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** One request of a random sequence. Payments are named by number, modulo how many there are. */
sealed interface Step {

  record Transfer(String from, String to, long amount) implements Step {}

  record Pay(String payer, String payee, long amount, boolean manual) implements Step {}

  record Capture(int payment, long amount, boolean last) implements Step {}

  record Cancel(int payment) implements Step {}

  record Refund(int payment, long amount) implements Step {}

  /** The hold runs out, and then somebody wants to capture it. */
  record RunOut(int payment) implements Step {}

  static Arbitrary<Step> any() {
    Arbitrary<String> account = Arbitraries.of(Model.ACCOUNTS);
    Arbitrary<Long> amount = Arbitraries.longs().between(1, 120);
    Arbitrary<Long> amountOrAll = Arbitraries.longs().between(0, 80);
    Arbitrary<Integer> payment = Arbitraries.integers().between(0, 1000);
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    return Arbitraries.frequencyOf(
        Tuple.of(2, Combinators.combine(account, account, amount).as(Transfer::new)),
        Tuple.of(5, Combinators.combine(account, account, amount, flag).as(Pay::new)),
        Tuple.of(4, Combinators.combine(payment, amountOrAll, flag).as(Capture::new)),
        Tuple.of(1, payment.map(Cancel::new)),
        Tuple.of(3, Combinators.combine(payment, amountOrAll).as(Refund::new)),
        Tuple.of(1, payment.map(RunOut::new)));
  }
}
