package io.quittance.kafka;

import static java.util.stream.Collectors.toMap;

import io.quittance.concurrency.Deadline;
import io.quittance.database.Dialect;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides which replica relays which shard: the one that holds the lease with the current epoch, by
 * the database's clock. Each replica takes its share of the shards. Thread-safe.
 */
final class ShardLeases {

  private static final String LATER =
      "current_timestamp + cast(? as bigint) * interval '0.001' second";

  private static final String ALIVE =
      "update kafka_relays set alive_until = " + LATER + " where id = ?";

  private static final String NEW =
      "insert into kafka_relays (alive_until, id) values (" + LATER + ", ?)";

  private static final String RENEW =
      "update kafka_shards set lease_until = " + LATER + " where owner_id = ?";

  private static final String OWN = "select shard, epoch from kafka_shards where owner_id = ?";

  private static final String FREE =
      "select shard, epoch from kafka_shards where lease_until < current_timestamp order by shard";

  private static final String TAKE =
      """
      update kafka_shards set lease_until = %s, owner_id = ?, epoch = epoch + 1
       where shard = ? and epoch = ? and lease_until < current_timestamp
      """
          .formatted(LATER);

  private static final String RELEASE =
      """
      update kafka_shards
         set lease_until = current_timestamp - interval '0.001' second, owner_id = null
       where shard = ? and epoch = ? and owner_id = ?
      """;

  private record Shard(int number, long epoch) {}

  private final UUID relay = TypeId.next();
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final Duration lease;

  /**
   * @param jdbc on the relay's dedicated connections
   * @param transactions on the same connections
   * @param lease how long a silent replica keeps a shard
   */
  ShardLeases(
      JdbcTemplate jdbc, TransactionTemplate transactions, Dialect dialect, Duration lease) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.dialect = dialect;
    this.lease = lease;
  }

  /** Notes that this replica relays, and returns how many shards are its share. */
  int share() {
    Integer alive =
        lightly(
            () -> {
              if (jdbc.update(ALIVE, lease.toMillis(), relay) == 0) {
                jdbc.update(NEW, lease.toMillis(), relay);
              }
              jdbc.update("delete from kafka_relays where alive_until < current_timestamp");
              return Objects.requireNonNull(
                  jdbc.queryForObject("select count(*) from kafka_relays", Integer.class));
            });
    return Math.ceilDiv(Shards.COUNT, alive);
  }

  /** Notes that this replica does not relay any more. */
  void leave() {
    jdbc.update("delete from kafka_relays where id = ?", relay);
  }

  /** Renews leases, and returns those that no other replica has taken. */
  List<Lease> renew(Collection<Lease> leases) {
    if (leases.isEmpty()) {
      return List.of();
    }
    Deadline until = Deadline.after(lease);
    Map<Integer, Long> own =
        lightly(
            () -> {
              jdbc.update(RENEW, lease.toMillis(), relay);
              return shards(OWN, relay).stream().collect(toMap(Shard::number, Shard::epoch));
            });
    return leases.stream()
        .filter(held -> Objects.equals(own.get(held.shard()), held.epoch()))
        .map(held -> new Lease(held.shard(), relay, held.epoch(), until))
        .toList();
  }

  /** The commit does not wait for the disk: after a crash, a lease may expire early. */
  private <T> T lightly(Supplier<T> work) {
    return Objects.requireNonNull(
        transactions.execute(
            _ -> {
              dialect.commitWithoutWaiting(jdbc);
              return work.get();
            }));
  }

  /** Takes up to this number of shards that no replica has. */
  List<Lease> take(int most) {
    var taken = new ArrayList<Lease>();
    for (Shard free : most <= 0 ? List.<Shard>of() : shards(FREE)) {
      if (taken.size() < most) {
        take(free).ifPresent(taken::add);
      }
    }
    return taken;
  }

  private Optional<Lease> take(Shard free) {
    Deadline until = Deadline.after(lease);
    return jdbc.update(TAKE, lease.toMillis(), relay, free.number(), free.epoch()) == 1
        ? Optional.of(new Lease(free.number(), relay, free.epoch() + 1, until))
        : Optional.empty();
  }

  private List<Shard> shards(String sql, Object... parameters) {
    return jdbc.query(
        sql, (rs, _) -> new Shard(rs.getInt("shard"), rs.getLong("epoch")), parameters);
  }

  /** Lets another replica take a shard at once. */
  void release(Lease held) {
    jdbc.update(RELEASE, held.shard(), held.epoch(), relay);
  }

  /** Whether no other replica has taken the shard since. */
  boolean holds(Lease held) {
    return shards(OWN, relay).contains(new Shard(held.shard(), held.epoch()));
  }
}
