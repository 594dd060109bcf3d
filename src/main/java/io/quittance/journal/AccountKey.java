package io.quittance.journal;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * The key of an account, or of another row that commands lock. Ids are unique within a merchant.
 * The order is that of locking.
 */
public record AccountKey(UUID merchantId, String id) implements Comparable<AccountKey> {

  private static final Comparator<AccountKey> ORDER =
      Comparator.comparing(AccountKey::merchantId).thenComparing(AccountKey::id);

  /** The accounts that a command needs, as a new set that the caller may change. */
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
