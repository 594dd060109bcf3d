package io.quittance.payment.timeline;

import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.payment.PaymentProperties;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes timelines after {@link PaymentProperties#timelineRetention()}. On PostgreSQL they are in
 * partitions of one day each: this creates those of the next days and drops old ones, at a cost
 * that does not depend on the number of rows. It runs on every replica; only one at a time changes
 * anything.
 */
@Component
final class TimelineRetention {

  private static final Logger log = LoggerFactory.getLogger(TimelineRetention.class);

  /** How many days this job may fail, or the service be down, before a partition is missing. */
  private static final int DAYS_AHEAD = 7;

  private static final String PREFIX = "payment_timelines_before_";
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Dialect dialect;
  private final JdbcOperations operations;
  private final PaymentProperties properties;

  TimelineRetention(
      JdbcOperations operations,
      TransactionOperations transactions,
      Dialect dialect,
      PaymentProperties properties) {
    this.operations = operations;
    this.jdbc = JdbcClient.create(operations);
    this.transactions = transactions;
    this.dialect = dialect;
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "PT1H")
  void sweep() {
    sweep(dialect.earlierNow(operations));
  }

  void sweep(Instant now) {
    if (dialect.dividesTables()) {
      transactions.executeWithoutResult(status -> divide(now));
      transactions.executeWithoutResult(status -> drop(now));
    } else {
      delete(now);
    }
  }

  private void delete(Instant now) {
    jdbc.sql("delete from payment_timelines where opened_at < ?")
        .param(Instants.parameter(now.minus(properties.timelineRetention())))
        .update();
  }

  /**
   * Attaches partitions instead of creating them in place, so that others can read and write
   * meanwhile.
   */
  private void divide(Instant now) {
    if (!alone()) {
      return;
    }
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    TreeSet<LocalDate> ends = ends();
    LocalDate start = ends.isEmpty() ? today : ends.last();
    for (LocalDate day = start; day.isBefore(today.plusDays(DAYS_AHEAD)); day = day.plusDays(1)) {
      String name = PREFIX + DAY.format(day.plusDays(1));
      change("create table %s (like payment_timelines including all)".formatted(name));
      change(
          "alter table payment_timelines attach partition %s for values from ('%s') to ('%s')"
              .formatted(name, midnight(day), midnight(day.plusDays(1))));
    }
  }

  private static String midnight(LocalDate day) {
    return day + " 00:00:00+00";
  }

  /** Locks the whole table for an instant; if it is in use, the next sweep tries again. */
  private void drop(Instant now) {
    if (!alone()) {
      return;
    }
    LocalDate oldest =
        LocalDate.ofInstant(now.minus(properties.timelineRetention()), ZoneOffset.UTC);
    change("set local lock_timeout = '500ms'");
    for (LocalDate end : ends().headSet(oldest, true)) {
      change("drop table " + PREFIX + DAY.format(end));
      log.info("Timelines from before {} are dropped", end);
    }
  }

  /**
   * Takes the lock of this job, until the end of the transaction; false: another replica has it.
   */
  private boolean alone() {
    return jdbc.sql("select pg_try_advisory_xact_lock(hashtext('payment_timelines'))")
        .query(Boolean.class)
        .single();
  }

  /** The end days of the partitions. */
  private TreeSet<LocalDate> ends() {
    List<String> names =
        jdbc.sql(
                "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                    + " where i.inhparent = 'payment_timelines'::regclass")
            .query(String.class)
            .list();
    var ends = new TreeSet<LocalDate>();
    for (String name : names) {
      ends.add(LocalDate.parse(name.substring(PREFIX.length()), DAY));
    }
    return ends;
  }

  private void change(String sql) {
    jdbc.sql(sql).update();
  }
}
