package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fair order of accounts that commands wait for: merchants take turns, and so do the accounts
 * of each merchant, so that no merchant waits for all the accounts of another. After a long turn
 * the merchant's accounts whose turns are long rest for three times as long, so that all of them
 * together take no more than a quarter of the time. Confined to one thread.
 */
final class FairOrder {

  private record Ranked<T>(int rank, T item) {}

  /** A turn of this length is long: more than the limit of a lock. */
  private static final Duration LONG = Duration.ofMillis(200);

  private static final int REST_TO_WORK = 3;

  /** In times of the last long turn: long enough for the turns of other accounts in between. */
  private static final int MEMORY_TO_WORK = 60;

  /** Accounts whose last turn was long, with the time when that is forgotten. */
  private final Map<AccountKey, Deadline> slow = new HashMap<>();

  /** Merchants whose slow accounts rest, with the end of the rest. */
  private final Map<UUID, Deadline> resting = new HashMap<>();

  /** The number of each waiting account's last turn; an account that had none is first. */
  private final Map<AccountKey, Long> lastTurns = new HashMap<>();

  private final Ticker ticker;
  private long turns;
  private @Nullable UUID lastMerchant;

  FairOrder(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The account whose turn it is; null if there are none. */
  @Nullable AccountKey next(Collection<AccountKey> accounts) {
    slow.values().removeIf(Deadline::expired);
    resting.values().removeIf(Deadline::expired);
    lastTurns.keySet().retainAll(Set.copyOf(accounts));
    List<AccountKey> rested = accounts.stream().filter(account -> !rests(account)).toList();
    return nextOf(rested.isEmpty() ? accounts : rested);
  }

  private boolean rests(AccountKey account) {
    return slow.containsKey(account) && resting.containsKey(account.merchantId());
  }

  /** Records an account's turn and how long it took. */
  void recordTurn(AccountKey account, Duration time) {
    if (time.compareTo(LONG) > 0) {
      slow.put(account, Deadline.after(time.multipliedBy(MEMORY_TO_WORK), ticker));
      resting.put(account.merchantId(), Deadline.after(time.multipliedBy(REST_TO_WORK), ticker));
    } else {
      slow.remove(account);
    }
  }

  private @Nullable AccountKey nextOf(Collection<AccountKey> accounts) {
    var byMerchant = new TreeMap<UUID, TreeSet<AccountKey>>();
    for (AccountKey account : accounts) {
      byMerchant.computeIfAbsent(account.merchantId(), _ -> new TreeSet<>()).add(account);
    }
    if (byMerchant.isEmpty()) {
      return null;
    }
    UUID higher = lastMerchant == null ? null : byMerchant.higherKey(lastMerchant);
    UUID merchant = higher == null ? byMerchant.firstKey() : higher;
    lastMerchant = merchant;
    AccountKey turn =
        Collections.min(
            Objects.requireNonNull(byMerchant.get(merchant)),
            Comparator.comparingLong(account -> lastTurns.getOrDefault(account, 0L)));
    lastTurns.put(turn, ++turns);
    return turn;
  }

  /** The first items, taken from merchants in turns; each merchant's keep their order. */
  static <T> List<T> inTurns(List<T> items, Function<T, UUID> merchant, int limit) {
    Map<UUID, Integer> ranks = new HashMap<>();
    return items.stream()
        .map(item -> new Ranked<>(ranks.merge(merchant.apply(item), 1, Integer::sum), item))
        .sorted(Comparator.comparingInt(Ranked::rank))
        .limit(limit)
        .map(Ranked::item)
        .toList();
  }
}
