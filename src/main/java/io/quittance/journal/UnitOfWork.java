package io.quittance.journal;

import io.quittance.database.Dialect;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The rows that the commands of one transaction read and change, and the transaction's instant. All
 * changes are written together at the end (Fowler's Unit of Work). Confined to one of the journal's
 * threads.
 */
public final class UnitOfWork {

  private static final Logger log = LoggerFactory.getLogger(UnitOfWork.class);

  private enum Kind {
    SHARED,
    MAY_READ_LONG,
    REHEARSAL
  }

  private final Map<Class<?>, Table> tables = new LinkedHashMap<>();
  private final Kind kind;
  private final @Nullable UnitOfWork ahead;
  private @Nullable Instant now;

  private UnitOfWork(List<Table.Factory> factories, Kind kind, @Nullable UnitOfWork ahead) {
    this.kind = kind;
    this.ahead = ahead;
    for (Table.Factory factory : factories) {
      Table table = factory.open(this);
      tables.put(table.getClass(), table);
    }
  }

  static UnitOfWork of(List<Table.Factory> factories) {
    return new UnitOfWork(factories, Kind.SHARED, null);
  }

  /**
   * A unit of work of a transaction that has read ahead.
   *
   * @param mayReadLong whether it may read for long, because only commands on the same rows wait
   *     for it
   * @param ahead what was read ahead, under locks that are still held; null: nothing
   */
  static UnitOfWork of(
      List<Table.Factory> factories, boolean mayReadLong, @Nullable UnitOfWork ahead) {
    return new UnitOfWork(factories, mayReadLong ? Kind.MAY_READ_LONG : Kind.SHARED, ahead);
  }

  /** A unit of work that is decided and never written. */
  static UnitOfWork rehearsal(List<Table.Factory> factories) {
    return new UnitOfWork(factories, Kind.REHEARSAL, null);
  }

  /** The table of this type. */
  public <T extends Table> T table(Class<T> type) {
    return type.cast(Objects.requireNonNull(tables.get(type)));
  }

  /** The database's clock, read after all locks were taken; the same for all commands. */
  public Instant now() {
    return Objects.requireNonNull(now, "known from load() on");
  }

  /** Whether nothing will be written, so that no locks are needed. */
  public boolean rehearsal() {
    return kind == Kind.REHEARSAL;
  }

  /** Whether it may read for long, because no other commands wait meanwhile. */
  public boolean mayReadLong() {
    return kind != Kind.SHARED;
  }

  /** What the table of this type read ahead, before the other locks were taken. */
  public <T extends Table> Optional<T> ahead(Class<T> type) {
    return Optional.ofNullable(ahead).map(unit -> unit.table(type));
  }

  /**
   * Reads ahead what this lock guards; returns whether it exceeds the limit of rows per shared
   * transaction.
   */
  boolean readAhead(JdbcOperations jdbc, AccountKey locked) {
    boolean much = false;
    for (Table table : tables.values()) {
      much |= table.readAhead(jdbc, locked);
    }
    return much;
  }

  /** Whether a command needs what is read ahead about an account. */
  static boolean asksAbout(List<Table.Factory> factories, Command<?> command, AccountKey account) {
    var unit = of(factories);
    try {
      command.prepare(unit);
      return unit.tables.values().stream().anyMatch(table -> table.asksAbout(account));
    } catch (RuntimeException e) {
      // It will fail again when the command is applied, and is reported then.
      return false;
    }
  }

  Set<AccountKey> tooMuchToRead() {
    var accounts = new HashSet<AccountKey>();
    tables.values().forEach(table -> accounts.addAll(table.tooMuchToRead()));
    return accounts;
  }

  /** Locks the accounts that are free, and returns the others. */
  Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> accounts) {
    var busy = new HashSet<AccountKey>();
    if (!accounts.isEmpty()) {
      tables.values().forEach(table -> busy.addAll(table.lock(jdbc, accounts)));
    }
    return busy;
  }

  void awaitLock(JdbcOperations jdbc, AccountKey account) {
    tables.values().forEach(table -> table.awaitLock(jdbc, account));
  }

  void load(JdbcOperations jdbc, Dialect dialect) {
    tables.values().forEach(table -> table.load(jdbc));
    now = dialect.now(jdbc);
  }

  Writes flush(Dialect dialect) {
    var writes = new Writes(dialect);
    tables.values().forEach(table -> table.flush(writes, now()));
    return writes;
  }

  /**
   * Tells all tables about the commit. Failures are only logged: they must not look like a failed
   * commit.
   */
  void committed() {
    for (Table table : tables.values()) {
      try {
        table.committed();
      } catch (Throwable e) {
        log.error(
            "{}.committed() failed; its rows are committed", table.getClass().getSimpleName(), e);
      }
    }
  }
}
