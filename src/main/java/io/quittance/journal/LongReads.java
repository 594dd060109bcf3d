package io.quittance.journal;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The reads of one transaction that others are not to wait for. A shared transaction leaves out the
 * commands that need them. One that has waited for an account's lock reads ahead what that lock
 * guards, before it takes other locks. Confined to one thread.
 */
final class LongReads {

  private final List<Table.Factory> tables;
  private boolean allowed;
  private @Nullable AccountKey account;
  private @Nullable UnitOfWork ahead;

  LongReads(List<Table.Factory> tables) {
    this.tables = tables;
  }

  /** A unit of work that uses what was read ahead. */
  UnitOfWork unit() {
    return UnitOfWork.of(tables, allowed, ahead);
  }

  /** Whether the next unit of work may read for long. */
  boolean allowed() {
    return allowed;
  }

  /** The account with a long read ahead; null: none. */
  @Nullable AccountKey account() {
    return account;
  }

  /** Reads ahead what the lock of this account guards, for the commands that are left. */
  void readAhead(JdbcOperations jdbc, AccountKey locked, LiveCommands live) {
    while (ahead == null && live.dropExpired()) {
      UnitOfWork unit = UnitOfWork.of(tables);
      if (live.prepare(unit)) {
        account = unit.readAhead(jdbc, locked) ? locked : null;
        ahead = unit;
      }
    }
  }

  /**
   * Leaves out the commands of the accounts that have too much to be read; returns whether there
   * are any such accounts.
   */
  boolean leaveOut(UnitOfWork unit, LiveCommands live) {
    Set<AccountKey> accounts = unit.tooMuchToRead();
    if (accounts.isEmpty()) {
      return false;
    }
    int before = live.size();
    live.leaveOutToRead(accounts, command -> account != null && asksAbout(command, account));
    // If none could be left out, each command needs several long reads: the next round does them.
    allowed |= live.size() == before;
    return true;
  }

  /** Keeps for the next round what this one has read for long: its locks are held until the end. */
  void keep(UnitOfWork unit) {
    ahead = allowed ? unit : ahead;
  }

  /** Whether a command needs what is read ahead about an account. */
  boolean asksAbout(Command<?> command, AccountKey about) {
    return UnitOfWork.asksAbout(tables, command, about);
  }
}
