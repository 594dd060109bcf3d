package io.quittance.payment.batch.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.journal.Journal;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.BatchProgress;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Commands on a batch whose row another transaction holds wait for it, and no others do. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"quittance.journal.lanes=1", "quittance.batch.background-max=1"})
@ActiveProfiles("sandbox")
class LockedBatchIT {

  private static final Deadline LATER = Deadline.after(Duration.ofMinutes(5));
  private static final String LOCK = "select 1 from payment_batches where id = ? for update";

  private static final Postgres.Database SERVER = Postgres.create();

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    SERVER.provideTo(registry);
  }

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private Journal journal;
  @Autowired private BatchStore store;
  @Autowired private BatchProgress progress;
  @Autowired private BatchLeases leases;
  @Autowired private Takeover takeover;
  @Autowired private RunningBatches running;
  @Autowired private DataSource connections;
  @Autowired private MeterRegistry registry;

  @Test
  @Proves("another transaction holds a batch's row")
  void endsTheBatchOnceItsRowIsFree() throws Exception {
    StoredBatch locked = processing("locked");
    StoredBatch other = processing("other");
    try (Connection holder = SERVER.locking(LOCK, locked.id())) {
      var ended = journal.submit(new EndBatch(locked, 1), LATER);

      await().until(() -> busy() == 1);
      assertThat(LATER.await(journal.submit(new EndBatch(other, 1), LATER))).isPresent();
      assertThat(ended).isNotDone();
      holder.rollback();

      assertThat(LATER.await(ended)).isPresent();
    }
  }

  /** Nobody is to conclude that another replica has taken the batch over. */
  @Test
  @Proves("another transaction holds a batch's row")
  void fencesItemsOnceTheRowOfTheirBatchIsFree() throws Exception {
    StoredBatch locked = processing("fenced");
    StoredBatch other = processing("free");
    var item = new StoredItems.Open(0, "fenced", ItemStatus.PROCESSING, 1);
    try (Connection holder = SERVER.locking(LOCK, locked.id())) {
      var fenced = journal.submit(new FenceItems(locked, List.of(item)), LATER);

      await().until(() -> busy() == 1);
      assertThat(LATER.await(journal.submit(new EndBatch(other, 1), LATER))).isPresent();
      assertThat(fenced).isNotDone();
      holder.rollback();

      assertThat(LATER.await(fenced)).isPresent();
    }
  }

  /** A run that waits for the row holds no connection meanwhile. */
  @Test
  @Proves("another transaction holds a batch's row")
  void writesProgressAndLeasesWithoutWaitingForTheRow() throws Exception {
    StoredBatch locked = processing("progress");
    try (Connection holder = SERVER.locking(LOCK, locked.id())) {
      leases.release(locked, Duration.ZERO);
      assertThatThrownBy(() -> progress.record(locked, List.of(), null, true))
          .isInstanceOf(CannotAcquireLockException.class)
          .hasMessageContaining("is locked");
      holder.rollback();
    }
    assertThatCode(() -> progress.record(locked, List.of(), null, true)).doesNotThrowAnyException();
  }

  /** One that goes on for long takes all the room there is for those that go on. */
  @Test
  void endsAnAbandonedBatchBesideOneThatGoesOn() throws Exception {
    StoredBatch waitedFor = processing("goes-on");
    StoredBatch abandoned = processing("abandoned");
    update(
        waitedFor,
        "background = true, begins = true, ends_at = current_timestamp + interval '10' minute");
    StoredBatch goesOn = store.require(waitedFor.merchantId(), waitedFor.id());
    try (Connection holder = SERVER.locking(LOCK, goesOn.id())) {
      takeover.handOver(goesOn);
      await().until(() -> busy() == 1);

      update(abandoned, "lease_until = current_timestamp - interval '1' second");

      await().until(() -> rests(abandoned));
      assertThat(rests(goesOn)).isFalse();
      holder.rollback();
      await().until(() -> rests(goesOn));
    }
  }

  /** Jobs have two connections: a lease that is not renewed within three seconds is lost. */
  @Test
  void keepsLeasesAndTakesBatchesOverWhateverJobsHang() throws Exception {
    StoredBatch kept = processing("kept");
    StoredBatch abandoned = processing("left");
    try (Entry _ = running.enter(kept);
        Connection _ = connections.getConnection();
        Connection _ = connections.getConnection()) {
      try (Connection admin = SERVER.dataSource().getConnection();
          Statement statement = admin.createStatement()) {
        lease(statement, kept, 2);
        lease(statement, abandoned, -60);

        String renewed = "lease_until > current_timestamp + interval '2 second' and run = ";
        await().until(() -> one(statement, renewed + kept.run().number(), kept));
        await().until(() -> one(statement, "status <> 'processing'", abandoned));
      }
    }
  }

  private static void lease(Statement statement, StoredBatch batch, int seconds)
      throws SQLException {
    statement.execute(
        "update payment_batches set lease_until = current_timestamp + interval '%d second' where id = '%s'"
            .formatted(seconds, batch.id()));
  }

  private static boolean one(Statement statement, String condition, StoredBatch batch)
      throws SQLException {
    try (ResultSet found =
        statement.executeQuery(
            "select 1 from payment_batches where id = '%s' and %s"
                .formatted(batch.id(), condition))) {
      return found.next();
    }
  }

  /** A replica that falls asleep in the middle of sending changes is in no other limit. */
  @Test
  void locksAreKeptForNoLongerThanATransactionMayLast() {
    assertThat(jdbc.sql("show transaction_timeout").query(String.class).single()).isEqualTo("30s");
  }

  private boolean rests(StoredBatch batch) {
    return !store.require(batch.merchantId(), batch.id()).processing();
  }

  private void update(StoredBatch batch, String changes) {
    jdbc.sql("update payment_batches set " + changes + " where id = ?").param(batch.id()).update();
  }

  /** What commands wait for beside the lane. */
  private double busy() {
    return registry.get("quittance.journal.busy.accounts").gauge().value();
  }

  /** A batch whose items have ended, in the hands of a replica. */
  private StoredBatch processing(String reference) throws Exception {
    Merchant.Answer made =
        new Merchant("qt_sandbox_key")
            .post(
                URI.create("http://127.0.0.1:" + port),
                "/v1/payment-batches",
                reference,
                """
                {"payments":[{"amount":1,"currency":"EUR","payer":"alice","payee":"shop",
                 "reference":"%s"}]}
                """
                    .formatted(reference));
    UUID id = TypeId.require("bat", made.body().path("id").asText());
    jdbc.sql(
            "update payment_batches set status = 'processing', completed_at = null,"
                + " lease_until = current_timestamp + interval '1' hour where id = ?")
        .param(id)
        .update();
    UUID merchantId =
        jdbc.sql("select merchant_id from payment_batches where id = ?")
            .param(id)
            .query(UUID.class)
            .single();
    return store.require(merchantId, id);
  }
}
