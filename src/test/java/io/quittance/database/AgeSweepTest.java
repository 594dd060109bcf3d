package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Rows are deleted by their age, a few at a time. */
class AgeSweepTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final AgeSweep.AgedRows NOTES =
      new AgeSweep.AgedRows("notes", "made_at", "kind = ? and");

  private final DriverManagerDataSource database =
      new DriverManagerDataSource(
          "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=100".formatted(UUID.randomUUID()));
  private final JdbcClient jdbc = JdbcClient.create(database);

  private Dialect dialect;

  @BeforeEach
  void writeTenNotesOfEachKindMinuteByMinute() throws SQLException {
    dialect = new Dialect(database);
    jdbc.sql("create table notes (kind int, note int, made_at timestamp(9) with time zone)")
        .update();
    for (int note = 0; note < 10; note++) {
      write(1, note);
      write(2, note);
    }
  }

  @Test
  void deletesWhatIsOlderAndOfThatKind() {
    sweep(2, 100).deleteBefore(minute(7), 1);

    assertThat(notes(1)).containsExactly(7, 8, 9);
    assertThat(notes(2)).hasSize(10);
  }

  @Test
  void leavesToTheNextSweepWhatIsTooMuchForOne() {
    var sweep = sweep(2, 3);

    sweep.deleteBefore(minute(9), 1);
    assertThat(notes(1)).containsExactly(6, 7, 8, 9);

    sweep.deleteBefore(minute(9), 1);
    assertThat(notes(1)).containsExactly(9);
  }

  @Test
  void deletesTogetherAFewThatHaveOneTime() {
    writeMoreOfTheFirstMinute(2);

    sweep(2, 1).deleteBefore(minute(9), 1);

    assertThat(notes(1)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  /** One statement for all would take too long, and be tried for ever. */
  @Test
  void deletesALimitedNumberAtOnceOfManyThatHaveOneTime() {
    writeMoreOfTheFirstMinute(20);

    sweep(2, 1).deleteBefore(minute(9), 1);
    assertThat(notes(1)).hasSize(30 - 4);

    sweep(2, 100).deleteBefore(minute(9), 1);
    assertThat(notes(1)).containsExactly(9);
  }

  private void writeMoreOfTheFirstMinute(int count) {
    for (int note = 10; note < 10 + count; note++) {
      jdbc.sql("insert into notes values (1, ?, ?)")
          .params(note, Instants.parameter(minute(0)))
          .update();
    }
  }

  /** Where rows that are locked are waited for. */
  @Test
  void goesOnBehindABatchThatCannotBeDeleted() throws SQLException {
    var sweep = sweep(2, 100);
    try (Connection holder = database.getConnection()) {
      holder.setAutoCommit(false);
      try (Statement lock = holder.createStatement()) {
        lock.execute("select 1 from notes where kind = 1 and note = 0 for update");
      }

      assertThatThrownBy(() -> sweep.deleteBefore(minute(7), 1))
          .isInstanceOf(DataAccessException.class);

      assertThat(notes(1)).containsExactly(0, 1, 7, 8, 9);
      holder.rollback();
    }
    sweep.deleteBefore(minute(7), 1);

    assertThat(notes(1)).containsExactly(7, 8, 9);
  }

  private AgeSweep sweep(int rowsPerBatch, int batchesMax) {
    return new AgeSweep(jdbc, dialect, NOTES, rowsPerBatch, batchesMax);
  }

  private void write(int kind, int note) {
    jdbc.sql("insert into notes values (?, ?, ?)")
        .params(kind, note, Instants.parameter(minute(note)))
        .update();
  }

  private static Instant minute(int number) {
    return START.plus(Duration.ofMinutes(number));
  }

  private List<Integer> notes(int kind) {
    return jdbc.sql("select note from notes where kind = ? order by note")
        .param(kind)
        .query(Integer.class)
        .list();
  }
}
