package io.quittance.journal;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among accounts that are waited for: merchants take turns, and then each
 * merchant's accounts, so that nobody waits for all the accounts of another. Confined to one
 * thread.
 */
final class MerchantTurns {

  private record Ranked<T>(int rank, T item) {}

  private final Map<UUID, AccountKey> lastOfEach = new HashMap<>();
  private @Nullable UUID lastMerchant;

  /** The account whose turn it is; null when there are none. */
  @Nullable AccountKey next(Collection<AccountKey> accounts) {
    var byMerchant = new TreeMap<UUID, TreeSet<AccountKey>>();
    for (AccountKey account : accounts) {
      byMerchant.computeIfAbsent(account.merchantId(), _ -> new TreeSet<>()).add(account);
    }
    lastOfEach.keySet().retainAll(byMerchant.keySet());
    if (byMerchant.isEmpty()) {
      return null;
    }
    UUID higher = lastMerchant == null ? null : byMerchant.higherKey(lastMerchant);
    UUID merchant = higher == null ? byMerchant.firstKey() : higher;
    lastMerchant = merchant;
    TreeSet<AccountKey> own = Objects.requireNonNull(byMerchant.get(merchant));
    AccountKey last = lastOfEach.get(merchant);
    AccountKey next = last == null ? null : own.higher(last);
    AccountKey turn = next == null ? own.first() : next;
    lastOfEach.put(merchant, turn);
    return turn;
  }

  /** So many of the items, each merchant's in their order, and merchants in turns. */
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
