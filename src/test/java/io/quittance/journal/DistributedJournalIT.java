package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.testing.Postgres;
import io.quittance.tracing.Tracing;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the journal does for Citus and PostgreSQL takes, too; which is all but the distribution. */
class DistributedJournalIT {

  private static final UUID ONE = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);
  private static final Deadline PATIENCE = Deadline.after(Duration.ofSeconds(60));

  private final DataSource dataSource = Postgres.create().dataSource();
  private final JdbcClient jdbc = JdbcClient.create(dataSource);

  private record Row(UUID merchantId, int id, String lockTimeout) {}

  /** The rows of a batch, each added and then changed. */
  private static final class Rows implements Table {

    private static final TableColumns<Row> COLUMNS =
        TableColumns.<Row>of("rows_of_merchants")
            .key("merchant_id", "uuid", Row::merchantId)
            .key("id", "integer", Row::id)
            .changing("lock_timeout", "varchar", Row::lockTimeout)
            .build();

    private final List<Row> rows = new ArrayList<>();
    private String lockTimeout = "";

    @Override
    public void load(JdbcOperations jdbc) {
      lockTimeout = Objects.requireNonNull(jdbc.queryForObject("show lock_timeout", String.class));
    }

    @Override
    public void flush(Writes writes, Instant now) {
      writes.insert(
          COLUMNS, rows.stream().map(row -> new Row(row.merchantId(), row.id(), "")).toList());
      writes.update(COLUMNS, rows);
    }
  }

  private record Add(UUID merchantId, int id, CountDownLatch reached, CountDownLatch gate)
      implements Command<Integer> {

    Add(UUID merchantId, int id) {
      this(merchantId, id, new CountDownLatch(1), new CountDownLatch(0));
    }

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {
      reached.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Integer decide(UnitOfWork unit) {
      Rows table = unit.table(Rows.class);
      table.rows.add(new Row(merchantId, id, table.lockTimeout));
      return id;
    }
  }

  @Test
  void commitsOneMerchantAtATimeWithTheLimitOfItsLocks() throws Exception {
    jdbc.sql(
            "create table rows_of_merchants (merchant_id uuid, id integer, lock_timeout varchar,"
                + " primary key (merchant_id, id))")
        .update();
    Journal journal = journal();
    var blocker = new Add(ONE, 0, new CountDownLatch(1), new CountDownLatch(1));
    var first = journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    List<CompletableFuture<Integer>> queued =
        Stream.of(new Add(OTHER, 1), new Add(ONE, 2), new Add(OTHER, 3), new Add(ONE, 4))
            .map(command -> journal.submit(command, PATIENCE))
            .toList();
    blocker.gate().countDown();

    PATIENCE.await(first);
    for (CompletableFuture<Integer> result : queued) {
      PATIENCE.await(result);
    }
    journal.close();
    assertThat(
            jdbc.sql(
                    "select string_agg(id::text, ' ' order by id) from rows_of_merchants"
                        + " where lock_timeout = '123ms' group by xmin::text::bigint"
                        + " order by xmin::text::bigint")
                .query(String.class)
                .list())
        .containsExactly("0", "1 3", "2 4");
  }

  private Journal journal() throws SQLException {
    var factory = new DefaultListableBeanFactory();
    factory.registerSingleton("rows", (Table.Factory) unit -> new Rows());
    return new Journal(
        dataSource,
        dataSource,
        new Dialect(dataSource, Distribution.CITUS, new Clocks(Clock.systemUTC())),
        factory.getBeanProvider(Table.Factory.class),
        new JournalProperties(1, 8, 8, Duration.ofSeconds(10), Duration.ofMillis(123)),
        new SimpleMeterRegistry(),
        Tracing.OFF);
  }
}
