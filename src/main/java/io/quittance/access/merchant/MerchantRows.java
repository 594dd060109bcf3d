package io.quittance.access.merchant;

import io.quittance.database.Dialect;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * Adds merchants, and finds them to change them. On Citus a merchant has a second row, on the
 * server of its other rows ({@link Dialect#merchants}). Thread-safe.
 */
@Component
final class MerchantRows {

  private final Merchants merchants;
  private final JdbcOperations jdbc;
  private final Dialect dialect;

  MerchantRows(Merchants merchants, JdbcOperations jdbc, Dialect dialect) {
    this.merchants = merchants;
    this.jdbc = jdbc;
    this.dialect = dialect;
  }

  /** Adds a merchant, in the caller's transaction. */
  void add(Merchant merchant) {
    merchants.save(merchant);
    if (dialect.distributed()) {
      jdbc.update("insert into tenants (id) values (?)", merchant.getId());
    }
  }

  boolean exists(UUID id) {
    return merchants.findById(id).isPresent();
  }

  /**
   * Locks a row of this merchant until the end of the caller's transaction. It is not the row in
   * {@code merchants}: on Citus, changes of that wait for changes of all other merchants.
   */
  void lockOwn(UUID id) {
    jdbc.queryForList(
        "select id from " + dialect.merchants() + " where id = ? for update", UUID.class, id);
  }

  /** The merchant, locked until the end of the caller's transaction. */
  Optional<Merchant> lock(UUID id) {
    return merchants.lock(id);
  }
}
