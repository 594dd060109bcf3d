package io.quittance.analytics.stream;

import io.quittance.analytics.intake.Body;
import io.quittance.analytics.intake.BodyKeys;
import io.quittance.analytics.intake.BodyKeys.Id;
import io.quittance.analytics.intake.BodyKeys.Use;
import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.intake.IntakeSums;
import io.quittance.analytics.intake.IntakeSumsWriter;
import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.stream.EventRecord.Part;
import io.quittance.analytics.stream.PartitionOffsets.Partition;
import io.quittance.analytics.stream.PartitionOffsets.Taken;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Counts records. Sums and offsets are written in one transaction, so that each record counts once,
 * even after a crash. Confined to one thread.
 */
final class RecordCounter {

  /** What all counters share. */
  record Services(
      AnalyticsConnections connections,
      Dialect dialect,
      BodyKeys keys,
      Vocabularies vocabularies,
      IntakeSumsWriter sumsWriter,
      Clocks clocks) {}

  /** A record, and its place in the topic. */
  record Placed(Partition partition, long offset, EventRecord record) {}

  /**
   * The result of one transaction.
   *
   * @param records how many were counted
   * @param partitions their partitions with the new offsets
   */
  record Progress(int records, Map<Partition, Taken> partitions) {}

  /**
   * A crash that undoes a commit undoes its offsets, too. The consumer of the partitions notices
   * that in {@link PartitionOffsets#advance}, reads the records again, and counts them.
   */
  private static final String WITHOUT_WAITING = "set local synchronous_commit = off";

  private static final BitSet NONE = new BitSet();

  private final Services services;
  private final SeriesLimit series;

  RecordCounter(Services services, AnalyticsProperties properties) {
    this.services = services;
    this.series = new SeriesLimit(properties.maxSeries());
  }

  /**
   * Counts as many records as fit into one transaction.
   *
   * @param taken their partitions, as of the last commit
   * @throws SQLException it is unknown whether they were counted; the stored offsets tell
   * @throws FencedException they were not counted; another consumer counts them, or they have to be
   *     read again
   */
  Progress count(List<Placed> records, Map<Partition, Taken> taken)
      throws SQLException, FencedException {
    return new Attempt(records, taken).run();
  }

  /** One transaction. */
  private final class Attempt {

    private final List<Placed> records;
    private final Map<Partition, Taken> taken;
    private final Instant now = services.clocks().later();
    private final IntakeSums sums = services.sumsWriter().begin(series);
    private final TreeMap<Partition, Long> read = new TreeMap<>();
    private final TreeMap<UUID, UUID> marks = new TreeMap<>();
    private final Set<UUID> ended = new HashSet<>();
    private final Map<Id, Use> keys = new HashMap<>();
    private final TreeSet<Id> claimed = new TreeSet<>();

    Attempt(List<Placed> records, Map<Partition, Taken> taken) {
      this.records = records;
      this.taken = taken;
    }

    Progress run() throws SQLException, FencedException {
      series.at(now.getEpochSecond());
      IntakeSumsWriter.Written written;
      int counted;
      try (Connection connection = services.connections().pool().getConnection()) {
        try {
          readState(connection);
          counted = countRecords();
          written = write(connection);
          connection.commit();
        } catch (SQLException | FencedException | RuntimeException e) {
          connection.rollback();
          throw e;
        }
      }
      written.committed();
      return new Progress(counted, held());
    }

    private Map<Partition, Taken> held() {
      var held = new HashMap<Partition, Taken>();
      read.forEach(
          (partition, next) -> {
            long epoch = Objects.requireNonNull(taken.get(partition)).epoch();
            held.put(partition, new Taken(epoch, next));
          });
      return held;
    }

    /** Finds records that were revoked or counted, and the uses of keys. */
    private void readState(Connection connection) throws SQLException {
      Map<UUID, Set<UUID>> ids = new HashMap<>();
      var wanted = new HashSet<Id>();
      for (Placed placed : records) {
        EventRecord record = placed.record();
        ids.computeIfAbsent(record.merchantId(), _ -> new HashSet<>()).add(record.id());
        for (Part part : record.parts()) {
          if (part.key() != null) {
            wanted.add(new Id(record.merchantId(), part.key().text()));
          }
        }
      }
      for (var own : ids.entrySet()) {
        ended.addAll(CommitMarks.find(connection, own.getKey(), own.getValue()));
      }
      keys.putAll(KeyClaims.findUses(connection, wanted));
    }

    private int countRecords() throws SQLException {
      int counted = 0;
      while (counted < records.size() && !sums.isFull()) {
        Placed placed = records.get(counted++);
        EventRecord record = placed.record();
        read.put(placed.partition(), placed.offset() + 1);
        if (ended.add(record.id())) {
          marks.put(record.id(), record.merchantId());
          for (Part part : record.parts()) {
            count(record.merchantId(), part);
          }
        }
      }
      return counted;
    }

    private void count(UUID merchantId, Part part) throws SQLException {
      Body.Key key = part.key();
      if (key == null || claims(new Id(merchantId, key.text()), key)) {
        sums.count(
            merchantId,
            services.vocabularies().of(merchantId),
            part.events(),
            NONE,
            part.verdicts());
      }
    }

    /** Whether a body is the first with its key, or its key is not stored any more. */
    private boolean claims(Id id, Body.Key key) {
      Use stored = keys.get(id);
      if (stored == null || !stored.fingerprint().equals(key.fingerprint())) {
        return true;
      }
      if (stored.counted()) {
        return false;
      }
      keys.put(id, stored.asCounted());
      return claimed.add(id);
    }

    /**
     * Takes locks in this order: partitions, marks, keys, totals, panes; rows of one table in key
     * order.
     */
    private IntakeSumsWriter.Written write(Connection connection)
        throws SQLException, FencedException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(services.dialect().either(WITHOUT_WAITING, "select 1"));
      }
      PartitionOffsets.advance(connection, read, taken);
      CommitMarks.insert(connection, marks, now);
      services.keys().count(connection, claimed);
      return services.sumsWriter().write(connection, sums, now);
    }
  }
}
