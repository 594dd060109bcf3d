package io.quittance.journal;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * What names an account, or another row that commands lock: ids are unique within a merchant.
 * Sorted as locked.
 */
public record AccountKey(UUID merchantId, String id) implements Comparable<AccountKey> {

  private static final Comparator<AccountKey> ORDER =
      Comparator.comparing(AccountKey::merchantId).thenComparing(AccountKey::id);

  /** The accounts that a command needs; the set is the caller's own. */
  static Set<AccountKey> of(Command<?> command) {
    var keys = new HashSet<AccountKey>();
    command.accounts().forEach(id -> keys.add(new AccountKey(command.merchantId(), id)));
    return keys;
  }

  @Override
  public int compareTo(AccountKey other) {
    return ORDER.compare(this, other);
  }
}
