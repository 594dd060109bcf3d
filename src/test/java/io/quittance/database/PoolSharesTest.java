package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class PoolSharesTest {

  private static final int SIZE = 7;

  private final HikariDataSource pool = pool();
  private final PoolShares shares =
      new PoolShares(pool, SIZE, PoolSharesTest::party, Duration.ofMillis(1));
  private final List<Connection> opened = new ArrayList<>();

  private static Object party(RequestAttributes request) {
    return Objects.requireNonNull(request.getAttribute("party", RequestAttributes.SCOPE_REQUEST));
  }

  private static HikariDataSource pool() {
    var pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:h2:mem:shares");
    pool.setMaximumPoolSize(SIZE);
    pool.setConnectionTimeout(250);
    return pool;
  }

  @AfterEach
  void close() throws SQLException {
    RequestContextHolder.resetRequestAttributes();
    for (Connection connection : opened) {
      connection.close();
    }
    pool.close();
  }

  @Test
  void leavesConnectionsToRequestsAndLookUpsWhateverJobsHold() throws SQLException {
    ofJob();
    ofJob();
    assertThatThrownBy(this::ofJob).isInstanceOf(SQLTransientConnectionException.class);

    ofRequest("a");
    ofRequest("b");
    assertThatThrownBy(() -> ofRequest("c")).isInstanceOf(SQLTransientConnectionException.class);

    assertThat(ofLookUp().isValid(1)).isTrue();
  }

  @Test
  void leavesAConnectionToOthersWhateverOnePartyHolds() throws SQLException {
    ofRequest("a");
    assertThatThrownBy(() -> ofRequest("a")).isInstanceOf(SQLTransientConnectionException.class);

    assertThat(ofRequest("b").isValid(1)).isTrue();
  }

  @Test
  void leavesAConnectionToOtherJobsWhateverThoseOfOneKindHold() throws SQLException {
    ofJobs("analytics");
    assertThatThrownBy(() -> ofJobs("analytics"))
        .isInstanceOf(SQLTransientConnectionException.class);

    assertThat(ofJob().isValid(1)).isTrue();
  }

  @Test
  void jobsOfAKindMakeLookUpsAndChangesLikeOthers() throws SQLException {
    try (var _ = ReservedConnection.forJobs("analytics")) {
      opened(shares.getConnection());
      assertThat(ofLookUp().isValid(1)).isTrue();
      assertThat(ofChange("a").isValid(1)).isTrue();
    }
    assertThat(ofJob().isValid(1)).isTrue();
  }

  /** A look-up of a request's own thread is a look-up, too. */
  @Test
  void knowsALookUpByWhatItDoes() throws SQLException {
    ofRequest("a");
    ofRequest("b");

    assertThat(ofLookUp().isValid(1)).isTrue();
    assertThatThrownBy(() -> ofRequest("c")).isInstanceOf(SQLTransientConnectionException.class);
  }

  @Test
  void leavesAConnectionToOtherLookUpsWhateverThoseOfOneKindHold() throws SQLException {
    holdListsAndJobs();
    Connection hanging = ofLookUp("rules");
    assertThatThrownBy(() -> ofLookUp("rules")).hasCauseInstanceOf(SQLException.class);

    ofLookUp("keys").close();
    ofLookUp("merchants").close();
    assertThat(ofChange("c").isValid(1)).isTrue();

    ofLookUp("keys");
    assertThatThrownBy(() -> ofLookUp("merchants")).hasCauseInstanceOf(SQLException.class);
    hanging.close();
    assertThat(ofLookUp("merchants").isValid(1)).isTrue();
  }

  @Test
  void lendsLookUpsOneConnectionOfListsWhileItIsFree() throws SQLException {
    ofLookUp("rules");
    Connection lent = ofLookUp("rules");
    ofLookUp("keys");
    for (String kind : List.of("rules", "keys", "merchants")) {
      assertThatThrownBy(() -> ofLookUp(kind)).hasCauseInstanceOf(SQLException.class);
    }

    ofRequest("a");
    assertThatThrownBy(() -> ofRequest("b")).isInstanceOf(SQLTransientConnectionException.class);
    lent.close();
    assertThat(ofRequest("b").isValid(1)).isTrue();
  }

  /** Lists and jobs have two each, so there is one for look-ups. */
  @Test
  void keepsOneForLookUpsIfThePoolIsSmaller() throws SQLException {
    var smaller = new PoolShares(pool, 6, PoolSharesTest::party, Duration.ofMillis(1));
    opened(smaller.getConnection());
    opened(smaller.getConnection());
    assertThatThrownBy(smaller::getConnection).isInstanceOf(SQLTransientConnectionException.class);

    ofLookUp("rules", smaller);
    ofLookUp("keys", smaller);
    assertThatThrownBy(() -> ofLookUp("keys", smaller)).hasCauseInstanceOf(SQLException.class);
    request("a");
    assertThat(opened(smaller.getConnection()).isValid(1)).isTrue();
  }

  private void holdListsAndJobs() throws SQLException {
    ofRequest("a");
    ofRequest("b");
    ofJob();
    ofJob();
  }

  @Test
  void leavesAConnectionToChangesWhateverListsAndJobsHold() throws SQLException {
    holdListsAndJobs();

    assertThat(ofChange("a").isValid(1)).isTrue();
    assertThatThrownBy(() -> ofChange("c")).hasCauseInstanceOf(SQLException.class);
    assertThat(ofLookUp().isValid(1)).isTrue();
  }

  @Test
  void isAboutChangesUntilTheOutermostIsClosed() throws SQLException {
    ofJob();
    ofJob();
    try (var _ = ReservedConnection.forChanges("a")) {
      ofLookUp().close();
      opened(shares.getConnection()).close();
    }
    assertThatThrownBy(this::ofJob).isInstanceOf(SQLTransientConnectionException.class);
  }

  @Test
  void lendsChangesTheConnectionsOfListsWhileTheseAreFree() throws SQLException {
    Connection own = ofChange("a");
    ofChange("a");
    assertThatThrownBy(() -> ofChange("a")).hasCauseInstanceOf(SQLException.class);
    own.close();

    ofChange("a");
    ofRequest("b");
    assertThatThrownBy(() -> ofRequest("c")).isInstanceOf(SQLTransientConnectionException.class);
  }

  @Test
  void countsThoseThatGetNoConnectionByTheirKind() throws SQLException {
    var registry = new SimpleMeterRegistry();
    shares.bindTo(registry);
    holdListsAndJobs();
    ofChange("a");
    ofLookUp("keys");
    for (String kind : List.of("requests", "jobs", "changes", "look-ups")) {
      assertThat(refused(registry, kind)).as(kind).isZero();
    }

    assertThatThrownBy(() -> ofRequest("c")).hasMessageContaining("for requests");
    assertThatThrownBy(this::ofJob).hasMessageContaining("for jobs");
    assertThatThrownBy(this::ofJob).hasMessageContaining("for jobs");
    assertThatThrownBy(() -> ofChange("c")).hasMessageContaining("for changes");
    assertThatThrownBy(() -> ofLookUp("keys")).hasMessageContaining("for look-ups");

    assertThat(refused(registry, "requests")).isEqualTo(1);
    assertThat(refused(registry, "jobs")).isEqualTo(2);
    assertThat(refused(registry, "changes")).isEqualTo(1);
    assertThat(refused(registry, "look-ups")).isEqualTo(1);
  }

  @Test
  void tellsHowManyWaitForAConnection() throws Exception {
    var patient = new PoolShares(pool, SIZE, PoolSharesTest::party, Duration.ofMinutes(1));
    var registry = new SimpleMeterRegistry();
    patient.bindTo(registry);
    Gauge waiting = registry.get("quittance.connections.waiting").tag("share", "jobs").gauge();
    opened(patient.getConnection());
    Connection second = opened(patient.getConnection());
    assertThat(waiting.value()).isZero();

    try (var threads = Executors.newSingleThreadExecutor()) {
      Future<Connection> third = threads.submit(() -> patient.getConnection());
      Awaitility.await().until(() -> waiting.value() == 1);
      second.close();
      opened(third.get());
    }

    assertThat(waiting.value()).isZero();
  }

  private static double refused(MeterRegistry registry, String kind) {
    return registry
        .get("quittance.connections.refused")
        .tag("share", kind)
        .functionCounter()
        .count();
  }

  @Test
  void takesAPlaceBackOnce() throws SQLException {
    Connection closedTwice = ofRequest("a");
    closedTwice.close();
    closedTwice.close();

    ofRequest("a");
    ofRequest("b");
    assertThatThrownBy(() -> ofRequest("c")).isInstanceOf(SQLTransientConnectionException.class);
  }

  private Connection ofRequest(String party) throws SQLException {
    request(party);
    return opened(shares.getConnection());
  }

  private static void request(String party) {
    var request = new ServletRequestAttributes(new MockHttpServletRequest());
    request.setAttribute("party", party, RequestAttributes.SCOPE_REQUEST);
    RequestContextHolder.setRequestAttributes(request);
  }

  private Connection ofChange(String party) {
    return ReservedConnection.forChange(party, this::connection);
  }

  private Connection ofJob() throws SQLException {
    RequestContextHolder.resetRequestAttributes();
    return opened(shares.getConnection());
  }

  private Connection ofJobs(String party) throws SQLException {
    RequestContextHolder.resetRequestAttributes();
    try (var _ = ReservedConnection.forJobs(party)) {
      return opened(shares.getConnection());
    }
  }

  private Connection ofLookUp() {
    return ofLookUp("keys");
  }

  private Connection ofLookUp(String kind) {
    return ofLookUp(kind, shares);
  }

  private Connection ofLookUp(String kind, PoolShares of) {
    return ReservedConnection.<String, Connection>of(kind, _ -> connection(of)).apply("key");
  }

  private Connection connection() {
    return connection(shares);
  }

  private Connection connection(PoolShares of) {
    try {
      return opened(of.getConnection());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection opened(Connection connection) {
    opened.add(connection);
    return connection;
  }
}
