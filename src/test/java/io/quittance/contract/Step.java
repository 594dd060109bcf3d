package io.quittance.contract;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** One request of a random sequence. Payments and transfers are named by how many came after. */
sealed interface Step {

  /** How many make a sequence. */
  int STEPS = 25;

  record Transfer(String from, String to, long amount) implements Step {}

  record Reverse(int transfer, long amount) implements Step {}

  record Freeze(String account, boolean frozen) implements Step {}

  record Pay(String payer, String payee, long amount, boolean manual) implements Step {}

  /** An atomic batch: all payments or none. */
  record PayTogether(List<Pay> payments) implements Step {}

  /** An independent batch: each payment for itself, in whatever order. */
  record PayEach(List<Pay> payments) implements Step {}

  record Capture(int payment, long amount, boolean last) implements Step {}

  record Cancel(int payment) implements Step {}

  record Refund(int payment, long amount) implements Step {}

  record Review(int payment, boolean approve) implements Step {}

  /** The hold of the payment runs out, and then comes an operation on it. */
  record RunOut(int payment, Step then) implements Step {}

  static Arbitrary<Step> any() {
    Arbitrary<String> account = Arbitraries.of(Model.ACCOUNTS);
    Arbitrary<Long> amount = Arbitraries.longs().between(20, 100);
    // What happens once to each of many payments shows little: mostly it is one of the latest.
    Arbitrary<Integer> payment =
        Arbitraries.frequencyOf(
            Tuple.of(12, Arbitraries.just(0)),
            Tuple.of(3, Arbitraries.just(1)),
            Tuple.of(2, Arbitraries.integers().between(2, STEPS)));
    Arbitrary<Boolean> manual = Arbitraries.of(true, true, true, false);
    return Arbitraries.frequencyOf(
        Tuple.of(2, Combinators.combine(account, account, amount).as(Transfer::new)),
        Tuple.of(
            3,
            Combinators.combine(
                    Arbitraries.integers().between(0, 3), Arbitraries.longs().between(0, 60))
                .as(Reverse::new)),
        Tuple.of(
            2, Combinators.combine(account, Arbitraries.of(true, false, false)).as(Freeze::new)),
        Tuple.of(3, Combinators.combine(account, account, amount, manual).as(Pay::new)),
        Tuple.of(
            2,
            Combinators.combine(account, account, Arbitraries.longs().between(1, 60))
                .as((payer, payee, some) -> new Pay(payer, payee, some, false))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(PayTogether::new)),
        Tuple.of(
            2,
            Combinators.combine(account, account, amount, manual)
                .as(Pay::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(PayEach::new)),
        Tuple.of(14, payment.flatMap(Step::operation)),
        Tuple.of(3, payment.flatMap(n -> operation(n).map(then -> new RunOut(n, then)))));
  }

  /** Anything that may be done to a payment. */
  private static Arbitrary<Step> operation(int payment) {
    Arbitrary<Long> amountOrAll = Arbitraries.longs().between(0, 40);
    Arbitrary<Boolean> flag = Arbitraries.of(true, false);
    Arbitrary<Boolean> last = Arbitraries.of(true, false, false, false, false);
    return Arbitraries.frequencyOf(
        Tuple.of(
            4,
            Combinators.combine(amountOrAll, last)
                .as((amount, ends) -> new Capture(payment, amount, ends))),
        Tuple.of(1, Arbitraries.just(new Cancel(payment))),
        Tuple.of(3, amountOrAll.map(amount -> new Refund(payment, amount))),
        Tuple.of(2, flag.map(approve -> new Review(payment, approve))));
  }
}
