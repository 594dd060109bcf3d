package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.money.Money;
import org.junit.jupiter.api.Test;

/** No balance, and no sum of balances, goes beyond what every JSON reader keeps exactly. */
abstract class BalanceRangeContract extends Contract {

  private static final long MOST = Money.MAX_AMOUNT;

  @Test
  void refusesTheTransferThatWouldCarryABalanceTooFar() {
    open("vault", MOST);
    Call onceMore = merchant.transfer(move(1, "alice", "vault"));

    onceMore.send().isProblem(422, "balance_out_of_range").movedNothing();
    onceMore.send().isProblem(422, "balance_out_of_range").movedNothing();

    merchant.pay(1, "alice", "vault").isProblem(422, "balance_out_of_range").movedNothing();
    merchant.transfer(move(MOST, "vault", "mint")).send().is(201);
    assertThat(merchant.balance("vault", "posted")).isZero();
    merchant.pay(1, "alice", "vault").is(201);
  }

  @Test
  void refusesWhatWouldCarryAnExternalAccountTooFarEitherWay() {
    assertThat(merchant.balance("world", "posted")).isEqualTo(-FUNDS);
    merchant.open("vault", MOST - FUNDS);
    merchant
        .transfer(move(1, "world", "shop"))
        .send()
        .isProblem(422, "balance_out_of_range")
        .movedNothing();
    merchant.put("/v1/accounts/void", object("currency", "EUR", "kind", "external")).is(201);
    merchant.transfer(move(MOST - FUNDS, "vault", "void")).send().is(201);
    merchant.pay(FUNDS, "alice", "void").is(201);

    merchant
        .transfer(move(1, "world", "void"))
        .send()
        .isProblem(422, "balance_out_of_range")
        .movedNothing();
  }

  @Test
  void countsHoldsOnBothSides() {
    merchant.open("payer", 10);
    open("vault", MOST - 15);
    merchant.rules(
        array(
            object(
                "id",
                "r",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                0,
                "currency",
                "EUR")));
    String parked = merchant.pay(10, "payer", "vault").is(202).id();
    merchant.rules(array());

    merchant.pay(6, "alice", "vault").isProblem(422, "balance_out_of_range").movedNothing();
    merchant.pay(order(6, "alice", "vault").put("capture_method", "manual")).is(422);
    merchant
        .post("/v1/payments/simulate", order(6, "alice", "vault"))
        .isProblem(422, "balance_out_of_range");
    merchant.pay(5, "alice", "vault").is(201);

    merchant.review(parked, "approve").is(200);
    assertThat(merchant.balance("vault", "available")).isEqualTo(MOST);
  }

  @Test
  void countsTheOverdraft() {
    merchant
        .put("/v1/accounts/rich", object("currency", "EUR", "overdraft_limit", MOST - 10))
        .is(201);

    merchant.pay(11, "alice", "rich").isProblem(422, "balance_out_of_range").movedNothing();
    merchant.pay(10, "alice", "rich").is(201);

    assertThat(merchant.balance("rich", "available")).isEqualTo(MOST);
    assertThat(
            merchant
                .pay(MOST, "rich", "alice")
                .isProblem(422, "balance_out_of_range")
                .text("/detail"))
        .contains("alice");
  }

  @Test
  void refusesARefundThatWouldCarryThePayerTooFar() {
    String id = merchant.pay(10, "alice", "shop").is(201).id();
    mint();
    merchant.transfer(move(MOST - FUNDS + 10, "mint", "alice")).send().is(201);

    merchant.refund(id).isProblem(422, "balance_out_of_range").movedNothing();

    merchant.transfer(move(10, "alice", "world")).send().is(201);
    merchant.refund(id).is(201);
  }

  /** Opens an account with funds that do not come from {@code world}, which has given some away. */
  private void open(String account, long funds) {
    mint();
    merchant.open(account);
    merchant.transfer(move(funds, "mint", account)).send().is(201);
  }

  private void mint() {
    merchant.put("/v1/accounts/mint", object("currency", "EUR", "kind", "external")).is(201);
  }
}
