package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class UnreadableRowsTest {

  private final Logger log = mock(Logger.class);
  private final AtomicLong clock = new AtomicLong();
  private final UnreadableRows rows = new UnreadableRows(log, "Things stay open", clock::get);

  /** The second row of three cannot be read, nor the third. */
  private void query() throws SQLException {
    ResultSet rs = mock(ResultSet.class);
    UnreadableRows.Pass pass = rows.pass();
    assertThat(pass.<String>readOrNull(rs, (_, _) -> "read", "one")).isEqualTo("read");
    assertThat(pass.<String>readOrNull(rs, (_, _) -> cannotBeRead(), "two")).isNull();
    assertThat(pass.<String>readOrNull(rs, (_, _) -> cannotBeRead(), "three")).isNull();
    pass.end();
  }

  private static String cannotBeRead() {
    throw new IllegalArgumentException("no such state");
  }

  @Test
  void namesTheFirstAndCountsTheOthers() throws SQLException {
    query();

    verify(log).warn(anyString(), eq("Things stay open"), eq("two"), eq(2), anyString());
  }

  @Test
  void warnsOnceAMinuteHoweverOftenItLooks() throws SQLException {
    query();
    query();
    verify(log, times(1)).warn(anyString(), any(Object[].class));

    clock.addAndGet(UnreadableRows.QUIET.toNanos());
    query();
    verify(log, times(2)).warn(anyString(), any(Object[].class));
  }

  @Test
  void saysNothingWhenAllCanBeRead() {
    rows.pass().end();

    verify(log, never()).warn(anyString(), any(Object[].class));
  }
}
