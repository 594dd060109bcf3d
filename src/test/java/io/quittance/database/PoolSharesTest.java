package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class RequestShareTest {

  private static final int SIZE = 3;

  private final HikariDataSource pool = pool();
  private final RequestShare share = new RequestShare(pool, SIZE, Duration.ofMillis(1));

  private static HikariDataSource pool() {
    var pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:h2:mem:share");
    pool.setMaximumPoolSize(SIZE);
    return pool;
  }

  @AfterEach
  void close() {
    RequestContextHolder.resetRequestAttributes();
    pool.close();
  }

  @Test
  void leavesOneConnectionToThoseWhoAreNoRequest() throws SQLException {
    try (Connection first = ofRequest();
        Connection second = ofRequest()) {
      assertThat(first).isNotSameAs(second);
      assertThatThrownBy(this::ofRequest).isInstanceOf(SQLTransientConnectionException.class);

      RequestContextHolder.resetRequestAttributes();
      try (Connection lookUp = share.getConnection()) {
        assertThat(lookUp.isValid(1)).isTrue();
      }
    }
  }

  @Test
  void takesAPlaceBackOnce() throws SQLException {
    try (Connection kept = ofRequest()) {
      Connection closedTwice = ofRequest();
      closedTwice.close();
      closedTwice.close();
      try (Connection again = ofRequest()) {
        assertThat(kept.isValid(1) && again.isValid(1)).isTrue();
        assertThatThrownBy(this::ofRequest).isInstanceOf(SQLTransientConnectionException.class);
      }
    }
  }

  private Connection ofRequest() throws SQLException {
    RequestContextHolder.setRequestAttributes(
        new ServletRequestAttributes(new MockHttpServletRequest()));
    return share.getConnection();
  }
}
