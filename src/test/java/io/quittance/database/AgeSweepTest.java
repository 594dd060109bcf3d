package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Rows are deleted by their age, a few at a time. */
class AgeSweepTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final String LAST =
      """
      select max(made_at)
        from (select made_at from notes
               where kind = ? and made_at > ? and made_at < ? order by made_at limit ?) next
      """;

  private static final String DELETE =
      "delete from notes where kind = ? and made_at > ? and made_at <= ?";

  private final JdbcClient jdbc =
      JdbcClient.create(
          new DriverManagerDataSource(
              "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID())));

  @BeforeEach
  void writeTenNotesOfEachKindMinuteByMinute() {
    jdbc.sql("create table notes (kind int, note int, made_at timestamp(9) with time zone)")
        .update();
    for (int note = 0; note < 10; note++) {
      write(1, note);
      write(2, note);
    }
  }

  @Test
  void deletesWhatIsOlderAndOfThatKind() {
    new AgeSweep(jdbc, LAST, DELETE, 2, 100).deleteBefore(minute(7), 1);

    assertThat(notes(1)).containsExactly(7, 8, 9);
    assertThat(notes(2)).hasSize(10);
  }

  @Test
  void leavesToTheNextSweepWhatIsTooMuchForOne() {
    var sweep = new AgeSweep(jdbc, LAST, DELETE, 2, 3);

    sweep.deleteBefore(minute(9), 1);
    assertThat(notes(1)).containsExactly(6, 7, 8, 9);

    sweep.deleteBefore(minute(9), 1);
    assertThat(notes(1)).containsExactly(9);
  }

  @Test
  void deletesTogetherWhatHasOneTime() {
    for (int note = 10; note < 15; note++) {
      jdbc.sql("insert into notes values (1, ?, ?)")
          .params(note, Instants.parameter(minute(0)))
          .update();
    }

    new AgeSweep(jdbc, LAST, DELETE, 2, 1).deleteBefore(minute(9), 1);

    assertThat(notes(1)).hasSize(9).doesNotContain(0, 10, 14);
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
