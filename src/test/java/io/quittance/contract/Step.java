package io.quittance.contract;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** One request of a random sequence. Payments are named by how many came after them. */
sealed interface Step {

  /** How many make a sequence. */
  int STEPS = 25;

  record Transfer(String from, String to, long amount) implements Step {}

  record Pay(String payer, String payee, long amount, boolean manual) implements Step {}

  record Capture(int payment, long amount, boolean last) implements Step {}

  record Cancel(int payment) implements Step {}

  record Refund(int payment, long amount) implements Step {}

  record Review(int payment, boolean approve) implements Step {}

  /** The hold of the payment runs out, and then comes an operation on it. */
  record RunOut(int payment, Step then) implements Step {}

  static Arbitrary<Step> any() {
    Arbitrary<String> account = Arbitraries.of(Model.ACCOUNTS);
    Arbitrary<Long> amount = Arbitraries.longs().between(1, 120);
    // What happens once to each of many payments shows little: mostly it is one of the latest.
    Arbitrary<Integer> payment =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just(0)),
            Tuple.of(4, Arbitraries.just(1)),
            Tuple.of(3, Arbitraries.integers().between(2, STEPS)));
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    return Arbitraries.frequencyOf(
        Tuple.of(2, Combinators.combine(account, account, amount).as(Transfer::new)),
        Tuple.of(4, Combinators.combine(account, account, amount, flag).as(Pay::new)),
        Tuple.of(10, payment.flatMap(Step::operation)),
        Tuple.of(2, payment.flatMap(n -> operation(n).map(then -> new RunOut(n, then)))));
  }

  /** Anything that may be done to a payment. */
  private static Arbitrary<Step> operation(int payment) {
    Arbitrary<Long> amountOrAll = Arbitraries.longs().between(0, 80);
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    return Arbitraries.frequencyOf(
        Tuple.of(
            4,
            Combinators.combine(amountOrAll, flag)
                .as((amount, last) -> new Capture(payment, amount, last))),
        Tuple.of(1, Arbitraries.just(new Cancel(payment))),
        Tuple.of(3, amountOrAll.map(amount -> new Refund(payment, amount))),
        Tuple.of(2, flag.map(approve -> new Review(payment, approve))));
  }
}
