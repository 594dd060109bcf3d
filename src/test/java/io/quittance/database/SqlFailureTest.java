package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.SQLExceptionOverride.Override;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.TransactionSystemException;

/** What an SQLSTATE means, to whoever asked and to the connection that it came on. */
class SqlFailureTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08003", "08006", "25006", "53100", "53200", "53300", "57P01", "57P02", "57P03",
        "58030", "90098"
      })
  void aDatabaseThatIsAwayCostsTheConnection(String state) {
    var failure = new SQLException("no", state);

    assertThat(SqlFailure.unavailable(new CompletionException(failure))).isTrue();
    assertThat(new Eviction().adjudicate(failure)).isEqualTo(Override.MUST_EVICT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "55P03", "57014", "HYT00"})
  void aDatabaseThatIsBusyDoesNot(String state) {
    var failure = new SQLException("later", state);

    assertThat(SqlFailure.unavailable(failure)).isTrue();
    assertThat(new Eviction().adjudicate(failure)).isEqualTo(Override.CONTINUE_EVICT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"22003", "23505", "42601", "22021"})
  void aRequestThatIsWrongIsNotTheDatabasesFault(String state) {
    var failure = new SQLException("wrong", state);

    assertThat(SqlFailure.unavailable(new DataIntegrityViolationException("", failure))).isFalse();
    assertThat(new Eviction().adjudicate(failure)).isEqualTo(Override.CONTINUE_EVICT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"55P03", "HYT00", "22003", "23505"})
  void whatRowsAreToBlameForMaySucceedWithoutThem(String state) {
    assertThat(SqlFailure.ofSomeRows(new SQLException("no", state))).isTrue();
    assertThat(SqlFailure.ofSomeRows(new IllegalStateException("unreadable"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "25006", "53100", "57P01", "57014"})
  void whatTheDatabaseIsToBlameForFailsWithFewerRowsToo(String state) {
    assertThat(SqlFailure.ofSomeRows(new SQLException("no", state))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"25006", "53100", "40001", "23505", "55P03", "57014"})
  void whatTheServerRefusesHasNoEffect(String state) {
    assertThat(SqlFailure.refused(new SQLException("no", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "57P02", "90067", "XX000"})
  void aCommitOnAConnectionThatBreaksMayHaveOne(String state) {
    assertThat(SqlFailure.refused(new SQLException("gone", state))).isFalse();
  }

  @Test
  void anErrorOfOurOwnIsNotTheDatabases() {
    assertThat(SqlFailure.unavailable(new IllegalStateException())).isFalse();
    assertThat(SqlFailure.refused(new IllegalStateException())).isFalse();
  }

  @Test
  void aPoolWithoutConnectionsIsADatabaseThatIsAway() {
    assertThat(SqlFailure.unavailable(new SQLTransientConnectionException("timed out"))).isTrue();
    assertThat(SqlFailure.unavailable(new SQLException("Connection is closed"))).isTrue();
  }

  @Test
  void aFailedRollbackHidesNothing() {
    var failed =
        new TransactionSystemException("rollback", new SQLException("Connection is closed"));
    failed.initApplicationException(new IllegalStateException(new SQLException("no", "25006")));

    assertThat(SqlFailure.unavailable(failed)).isTrue();
    assertThat(SqlFailure.refused(failed)).isTrue();
  }
}
