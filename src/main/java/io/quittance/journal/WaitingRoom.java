package io.quittance.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the commands that wait beside a lane, and for which accounts, and says when there is no
 * room for another. Thread-safe.
 */
final class WaitingRoom {

  /**
   * The commands of one account, or a merchant's suspects, may take the capacity divided by this.
   */
  private static final int PARTS = 4;

  private final Map<AccountKey, Integer> accounts = new ConcurrentHashMap<>();
  private final AtomicInteger commands = new AtomicInteger();

  /** How many of each merchant's wait for something else than an account, or may do so. */
  private final Map<UUID, Integer> withoutAccount = new ConcurrentHashMap<>();

  private final int capacity;
  private final Counter refused;

  /**
   * @param pool whose metrics these are
   */
  WaitingRoom(String pool, int capacity, MeterRegistry registry) {
    this.capacity = capacity;
    this.refused =
        Counter.builder("quittance.journal.refused")
            .description("Commands that were refused because too many wait beside their lane")
            .tag("pool", pool)
            .register(registry);
    Gauge.builder("quittance.journal.busy.accounts", this, WaitingRoom::accounts)
        .description(
            "Accounts that commands wait for: locked elsewhere, or with much to be read about them")
        .tag("pool", pool)
        .register(registry);
    Gauge.builder("quittance.journal.blocked.commands", this, WaitingRoom::withoutAccount)
        .description("Commands that wait for a lock that is not an account's, or may do so")
        .tag("pool", pool)
        .register(registry);
  }

  int capacity() {
    return capacity;
  }

  /** How many commands wait. */
  int commands() {
    return commands.get();
  }

  /** How many of them wait for something else than an account. */
  int withoutAccount() {
    return withoutAccount.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many accounts they wait for. */
  int accounts() {
    return accounts.size();
  }

  /**
   * The accounts among these that commands wait for.
   *
   * @param wanted may be changed
   */
  Set<AccountKey> waitedFor(Set<AccountKey> wanted) {
    if (accounts.isEmpty()) {
      return Set.of();
    }
    wanted.retainAll(accounts.keySet());
    return wanted;
  }

  /**
   * Whether there is no room for this command.
   *
   * @param suspect whether it most likely waits for a lock that is not an account's
   */
  boolean fullFor(WaitingCommand command, boolean suspect) {
    int part = Math.max(1, capacity / PARTS);
    return commands.get() >= capacity
        || (suspect
            && command.accounts().isEmpty()
            && withoutAccount.getOrDefault(command.merchantId(), 0) >= part)
        || command.accounts().stream()
            .anyMatch(account -> accounts.getOrDefault(account, 0) >= part);
  }

  /** Records that there was no room for a command. */
  void refused() {
    refused.increment();
  }

  void enter(WaitingCommand command) {
    count(command, 1);
  }

  void leave(WaitingCommand command) {
    count(command, -1);
  }

  private void count(WaitingCommand command, int change) {
    commands.addAndGet(change);
    if (command.accounts().isEmpty()) {
      count(withoutAccount, command.merchantId(), change);
    }
    command.accounts().forEach(account -> count(accounts, account, change));
  }

  private static <K> void count(Map<K, Integer> counts, K key, int change) {
    counts.merge(key, change, (n, more) -> n + more == 0 ? null : n + more);
  }
}
