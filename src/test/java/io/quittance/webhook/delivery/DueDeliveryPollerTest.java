package io.quittance.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import io.quittance.webhook.delivery.DueDeliveryPoller.Poll;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** What is looked for after a look that took too long. */
class DueDeliveryPollerTest {

  private static final Duration TOO_LONG = Duration.ofSeconds(10);

  private final DataSource database = H2.migrated();
  private final AtomicLong clock = new AtomicLong();
  private boolean slow = true;
  private final DueDeliveryPoller poller = poller();

  private DueDeliveryPoller poller() {
    try {
      return new DueDeliveryPoller(
          slowDatabase(),
          new Dialect(database),
          RoundRobinIT.properties(),
          new SimpleMeterRegistry(),
          clock::get);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whole looks take too long. */
  private JdbcTemplate slowDatabase() {
    return new JdbcTemplate(database) {
      @Override
      public <T> List<T> query(String sql, RowMapper<T> rows, Object... parameters) {
        if (slow && ((OffsetDateTime) parameters[0]).toInstant().equals(Instant.EPOCH)) {
          clock.addAndGet(TOO_LONG.toNanos());
          throw new QueryTimeoutException("too slow");
        }
        return super.query(sql, rows, parameters);
      }
    };
  }

  private Poll poll() {
    return Objects.requireNonNull(poller.poll());
  }

  @Test
  void goesOnWithWhatIsDueNowAfterALookThatTookTooLong() {
    assertThatThrownBy(poller::poll).isInstanceOf(QueryTimeoutException.class);

    assertThat(poll().since()).isAfter(Instant.EPOCH);
    assertThat(poller.polledUntil()).as("earlier ones may be due yet").isEqualTo(Instant.EPOCH);

    clock.addAndGet(TOO_LONG.multipliedBy(19).toNanos());
    slow = false;
    assertThat(poll().since()).isEqualTo(Instant.EPOCH);
    assertThat(poller.polledUntil()).isAfter(Instant.EPOCH);
  }
}
