package io.quittance.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.PGConnection;

/**
 * What counting events in memory has to be faster than: the same events straight into PostgreSQL,
 * as a row each or as an upsert of their pane each, a commit for every thousand. No HTTP, no JSON.
 */
final class EventRows {

  private static final int EVENTS_PER_COMMIT = 1_000;
  private static final int CONNECTIONS = 2;

  private static final String TABLES =
      """
      create table if not exists event_rows (merchant_id uuid not null, id varchar(64) not null,
        type varchar(64) not null, time timestamptz not null, amount bigint, currency char(3),
        session varchar(128), labels varchar, primary key (merchant_id, id));
      create table if not exists event_panes (merchant_id uuid not null, type varchar(64) not null,
        second bigint not null, events bigint not null, amount bigint not null,
        primary key (merchant_id, type, second))
      """;

  private static final String UPSERT =
      """
      insert into event_panes as p values (?, ?, ?, 1, ?)
      on conflict (merchant_id, type, second) do update
        set events = p.events + 1, amount = p.amount + excluded.amount
      """;

  /** Writes a thousand events, and commits. */
  private interface Writing {
    void thousand(Connection connection, UUID merchant, long number)
        throws SQLException, IOException;
  }

  private final Database database;
  private final String name;

  EventRows(Database database, String name) throws SQLException {
    this.database = database;
    this.name = name;
    try (Connection connection = database.connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(TABLES);
    }
  }

  /** Events per second that COPY takes, one row each. */
  double copied(double seconds) throws Exception {
    return run(seconds, EventRows::copy);
  }

  /** Events per second as one upsert each, in batches. */
  double upserted(double seconds) throws Exception {
    return run(seconds, EventRows::upsert);
  }

  private double run(double seconds, Writing writing) throws Exception {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Long>> parts = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        parts.add(threads.submit(() -> write(end, writing)));
      }
      long events = 0;
      for (Future<Long> part : parts) {
        events += part.get();
      }
      return events / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private long write(long end, Writing writing) throws SQLException, IOException {
    long events = 0;
    UUID merchant = UUID.randomUUID();
    try (Connection connection = database.connect(name)) {
      connection.setAutoCommit(false);
      for (; System.nanoTime() < end; events += EVENTS_PER_COMMIT) {
        writing.thousand(connection, merchant, events);
        connection.commit();
      }
    }
    return events;
  }

  private static void copy(Connection connection, UUID merchant, long number)
      throws SQLException, IOException {
    var random = ThreadLocalRandom.current();
    var rows = new StringBuilder();
    for (int i = 0; i < EVENTS_PER_COMMIT; i++) {
      rows.append(merchant)
          .append(",e")
          .append(number + i)
          .append(",page.view,2026-11-26T10:00:00Z,");
      rows.append(random.nextInt(10_000)).append(",EUR,s-").append(random.nextInt(5_000));
      rows.append(",plan=pro\n");
    }
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(
            "copy event_rows from stdin with (format csv)",
            new ByteArrayInputStream(Http.ascii(rows.toString())));
  }

  private static void upsert(Connection connection, UUID merchant, long number)
      throws SQLException {
    var random = ThreadLocalRandom.current();
    try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
      for (int i = 0; i < EVENTS_PER_COMMIT; i++) {
        statement.setObject(1, merchant);
        statement.setString(2, "type" + random.nextInt(7));
        statement.setLong(3, System.nanoTime() / 1_000_000_000);
        statement.setLong(4, random.nextInt(10_000));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
