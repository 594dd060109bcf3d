package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.SettableTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FairOrderTest {

  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);

  private final SettableTicker clock = new SettableTicker();
  private final FairOrder order = new FairOrder(clock);

  @Test
  void aMerchantWithManyAccountsTakesEveryOtherTurn() {
    List<AccountKey> accounts = List.of(key(ONE, "a"), key(ONE, "b"), key(ONE, "c"), key(TWO, "x"));

    assertThat(next(accounts, 6))
        .containsExactly(
            key(ONE, "a"),
            key(TWO, "x"),
            key(ONE, "b"),
            key(TWO, "x"),
            key(ONE, "c"),
            key(TWO, "x"));
    assertThat(next(accounts, 1)).containsExactly(key(ONE, "a"));
  }

  @Test
  void goesOnAfterAccountsThatAreFreeByNow() {
    next(List.of(key(ONE, "a"), key(ONE, "b")), 1);

    assertThat(next(List.of(key(ONE, "c")), 1)).containsExactly(key(ONE, "c"));
    assertThat(order.next(List.of())).isNull();
    assertThat(next(List.of(key(ONE, "a"), key(ONE, "b")), 2))
        .containsExactly(key(ONE, "a"), key(ONE, "b"));
  }

  @Test
  void leavesTurnsToOthersAfterALongOne() {
    List<AccountKey> accounts = List.of(key(ONE, "a"), key(ONE, "b"));
    order.recordTurn(key(ONE, "a"), Duration.ofMillis(100));
    assertThat(next(accounts, 2)).containsExactly(key(ONE, "a"), key(ONE, "b"));

    order.recordTurn(key(ONE, "a"), Duration.ofMinutes(1));
    assertThat(next(accounts, 3)).containsOnly(key(ONE, "b"));
    assertThat(order.next(List.of(key(ONE, "a")))).isEqualTo(key(ONE, "a"));
  }

  /** One that shares the merchant with slow accounts does not rest with them. */
  @Test
  void restsAllSlowAccountsOfAMerchantAfterALongTurnOfOne() {
    List<AccountKey> accounts =
        List.of(key(ONE, "a"), key(ONE, "b"), key(ONE, "quick"), key(TWO, "x"));
    order.recordTurn(key(ONE, "b"), Duration.ofMinutes(1));
    order.recordTurn(key(ONE, "a"), Duration.ofMinutes(1));
    assertThat(next(accounts, 4))
        .containsExactly(key(ONE, "quick"), key(TWO, "x"), key(ONE, "quick"), key(TWO, "x"));

    order.recordTurn(key(ONE, "b"), Duration.ofMillis(10));
    assertThat(next(accounts, 3)).contains(key(ONE, "b")).doesNotContain(key(ONE, "a"));
  }

  /**
   * The rest of one long turn is over before the next turn of the same merchant's other account.
   */
  @Test
  void remembersASlowAccountForLongerThanItsRest() {
    List<AccountKey> accounts = List.of(key(ONE, "a"), key(ONE, "b"), key(TWO, "x"));
    order.recordTurn(key(ONE, "a"), Duration.ofMillis(201));
    clock.advance(Duration.ofMillis(620));
    order.recordTurn(key(ONE, "b"), Duration.ofMinutes(1));

    assertThat(next(accounts, 3)).containsOnly(key(TWO, "x"));
  }

  /** The turns of others meanwhile do not make it forget whose turn is next. */
  @Test
  void givesEachSlowAccountItsTurnOnceTheMerchantHasRested() {
    List<AccountKey> accounts =
        List.of(key(ONE, "a"), key(ONE, "b"), key(ONE, "quick"), key(TWO, "x"));
    Duration slow = Duration.ofMillis(201);
    order.recordTurn(key(ONE, "b"), slow);
    order.recordTurn(key(ONE, "a"), slow);

    var slowTurns = new ArrayList<AccountKey>();
    for (int turn = 0; turn < 2; turn++) {
      assertThat(next(accounts, 4)).doesNotContain(key(ONE, "a"), key(ONE, "b"));
      clock.advance(Duration.ofMillis(620));
      AccountKey next;
      do {
        next = order.next(accounts);
      } while (!next.id().equals("a") && !next.id().equals("b"));
      slowTurns.add(next);
      order.recordTurn(next, slow);
    }
    assertThat(slowTurns).containsExactlyInAnyOrder(key(ONE, "a"), key(ONE, "b"));
  }

  @Test
  void takesTheFirstOfEachMerchantBeforeTheSecondOfOne() {
    List<String> items = List.of("1a", "1b", "1c", "1d", "2a", "2b");

    assertThat(FairOrder.inTurns(items, item -> item.startsWith("1") ? ONE : TWO, 5))
        .containsExactly("1a", "2a", "1b", "2b", "1c");
  }

  private List<AccountKey> next(List<AccountKey> accounts, int times) {
    var next = new ArrayList<AccountKey>();
    for (int i = 0; i < times; i++) {
      next.add(order.next(accounts));
    }
    return next;
  }

  private static AccountKey key(UUID merchantId, String id) {
    return new AccountKey(merchantId, id);
  }
}
